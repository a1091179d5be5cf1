import { random } from '../random.mjs';

/** One for each message of the day, at its time; one of `lostOneIn` is lost. */
export function webhooksOf({ sessions, requests }, lostOneIn = Infinity) {
  const chance = random('lost webhooks');
  const [from, to] = [requests[0].at, requests.at(-1).at];
  return [...sessions.values()]
    .flatMap(({ id, times }) => times.map((at) => ({ at, sessionId: id })))
    .filter(({ at }) => at >= from && at <= to)
    .sort((a, b) => a.at - b.at)
    .filter(() => chance() >= 1 / lostOneIn);
}
