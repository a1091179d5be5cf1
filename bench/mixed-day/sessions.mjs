const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

const LIVE_AN_HOUR = 8;
const ARCHIVED = 300;
const GAP_MS = 25 * SECOND;

/**
 * The conversations of a day: live ones that begin, grow message by message and end, and archived ones of the last
 * month. Each is the list of its messages' times, oldest first.
 */
export function sessions(chance, startAt, endAt) {
  const live = Array.from({ length: Math.ceil((LIVE_AN_HOUR * (endAt - startAt)) / (60 * MINUTE)) }, (_, i) =>
    // Some began before the day.
    conversation(chance, `live-${i}`, startAt - 30 * MINUTE + chance() * (endAt - startAt + 20 * MINUTE), 15, 60),
  );
  const archived = Array.from({ length: ARCHIVED }, (_, i) =>
    conversation(chance, `archived-${i}`, startAt - (1 + chance() * 29) * DAY, 20, 130),
  );
  return { live, archived };
}

/** At least `shortest` messages, and on average `further` more. */
function conversation(chance, id, startAt, shortest, further) {
  const length = Math.floor(shortest + exponential(chance, further));
  let at = startAt;
  const times = Array.from({ length }, () => (at += SECOND + exponential(chance, GAP_MS)));
  return { id, times: times.map(Math.floor) };
}

export function exponential(chance, mean) {
  return -Math.log(1 - chance()) * mean;
}

/** How many messages there are at that time. */
export function totalAt({ times }, at) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function isActive({ times }, at) {
  return times[0] <= at && at <= times.at(-1) + 2 * MINUTE;
}
