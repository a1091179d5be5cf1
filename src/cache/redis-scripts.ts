import { RedisScript } from '../redis/redis-script.js';

/** How long a lock is held without being renewed: a dead holder delays the others by this much (ADR 5). */
const LOCK_MS = 3000;

/** A key of another type, or without expiry, was not written by this service and counts as absent. */
const HELD = `
local function held(key)
  local value = redis.pcall('GET', key)
  if type(value) ~= 'string' then return nil end
  local ttl = redis.call('PTTL', key)
  if ttl < 0 then return nil end
  return value, ttl
end`;

/** Milliseconds of Redis's own clock; `late` is whether the given moment has passed. */
const CLOCK = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function late(moment) return now > tonumber(moment) end`;

/** The token in a lock. A text in another format, or with a TTL longer than any lock, is ignored. */
const LOCKED = `
local function locked(key)
  local token, ttl = held(key)
  if token and ttl <= ${LOCK_MS} and #token == 24 and string.match(token, '^%x+$') then return token end
  return nil
end`;

/**
 * KEYS version, change, lock, then the wanted values, the head first; ARGV the version that the caller knows, `1` to get
 * the other values even if the version is that one, a token, and the moment after which no caller waits any more. If
 * nothing is stored, the caller has to fetch the head: so its flight's lock is taken at once, unless the token is
 * empty. Replies {version, change, now, `1` if the lock was taken, then index, value and PTTL of each value that exists}.
 */
export const READ = new RedisScript(
  `${HELD}${LOCKED}${CLOCK}
local version = held(KEYS[1]) or ''
local same = version ~= '' and version == ARGV[1]
local reply = {version, (held(KEYS[2])) or '', now, 0}
for index = 4, #KEYS do
  local wanted = not same or (index > 4 and ARGV[2] == '1')
  if wanted then
    local value, left = held(KEYS[index])
    if value then
      reply[#reply + 1] = index - 4
      reply[#reply + 1] = value
      reply[#reply + 1] = left
    end
  end
end
if ARGV[3] ~= '' and version == '' and #reply == 4 and not late(ARGV[4]) and not locked(KEYS[3]) then
  if not redis.pcall('SET', KEYS[3], ARGV[3], 'PX', ${LOCK_MS}).err then reply[4] = 1 end
end
return reply`,
  'read',
);

/**
 * Takes the lock of a flight. KEYS lock, version, failed, change; ARGV token, `1` to give way to a recent failure, and
 * the moment after which no caller waits any more: a command that stayed in the socket of a frozen Redis must not lock.
 * Replies {'acquired', version, now, change}, {'held', token, now}, {'failed', milliseconds, now} or {'late', '', now}.
 */
export const ACQUIRE = new RedisScript(
  `${HELD}${LOCKED}${CLOCK}
if late(ARGV[3]) then return {'late', '', now} end
if ARGV[2] == '1' then
  local pause, ttl = held(KEYS[3])
  if pause and ttl <= (tonumber(pause) or 0) then return {'failed', ttl, now} end
end
local token = locked(KEYS[1])
if token then return {'held', token, now} end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ${LOCK_MS})
return {'acquired', held(KEYS[2]) or '', now, (held(KEYS[4])) or ''}`,
  'acquire',
);

/** The state of a flight. KEYS lock, outcome; replies the token in the lock, and the outcome if there is one. */
export const WATCH = new RedisScript(
  `${HELD}${LOCKED}
return {locked(KEYS[1]) or '', (held(KEYS[2]))}`,
  'watch',
);

/** Renews the lock while its holder works. KEYS lock; ARGV token. */
export const RENEW = new RedisScript(
  `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ${LOCK_MS}) end
return 0`,
  'renew',
);

/**
 * Ends a flight: writes its values, its outcome, and releases the lock, in one step, so that whoever sees the lock
 * released sees the values. A holder that lost its lock to another writes nothing but its outcome, and so does one that
 * comes late: its ages would be wrong. If Redis is full, the lock is released all the same and the version is deleted,
 * so that no replica mistakes a partial write for a complete one. Publishes the new version to the watchers of the entry. KEYS
 * lock, outcome, version, then one for each value; ARGV token, outcome, the moment after which this is late, the
 * channel to publish to (empty: none), then value and milliseconds for each key. Replies the version before, or nil if
 * nothing was written.
 */
export const SETTLE = new RedisScript(
  `${HELD}${LOCKED}${CLOCK}
local token = locked(KEYS[1])
local before = held(KEYS[3]) or ''
local isWritten, isWhole = false, true
local function set(key, value, ms)
  local reply = redis.pcall('SET', key, value, 'PX', ms)
  if reply.err then isWhole = false end
end
if not late(ARGV[3]) and (not token or token == ARGV[1]) then
  for i = 4, #KEYS do set(KEYS[i], ARGV[2 * i - 3], ARGV[2 * i - 2]) end
  isWritten = isWhole
  if not isWhole then redis.call('DEL', KEYS[3]) end
  if isWhole and ARGV[4] ~= '' then redis.pcall('PUBLISH', ARGV[4], KEYS[3]) end
end
set(KEYS[2], ARGV[2], 2000)
if token == ARGV[1] then redis.call('DEL', KEYS[1]) end
return isWritten and before`,
  'settle',
);

/**
 * Something changed: assigns the next number and publishes it to all replicas. The number grows with Redis's clock, so
 * that it is new even if the one before was evicted. KEYS change; ARGV how long the number is kept, the channel, and
 * the text published after the number. Replies the number, as text.
 */
export const CHANGE = new RedisScript(
  `${HELD}${CLOCK}
local before = held(KEYS[1])
if not before or #before > 15 or not string.match(before, '^%d+$') then before = '0' end
local number = string.format('%.0f', math.max(tonumber(before) + 1, now))
redis.call('SET', KEYS[1], number, 'PX', ARGV[1])
redis.pcall('PUBLISH', ARGV[2], number .. '\\n' .. ARGV[3])
return number`,
  'change',
);
