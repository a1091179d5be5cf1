import { load } from './load.mjs';

const WARM_UP_SECONDS = 2;

/**
 * Puts the same load on one contestant after the other, round after round (A B C A B C …), so that drift of the machine
 * affects all of them alike. Each contestant is a server and its requests.
 * @returns for each name the medians over the rounds and the rounds themselves
 */
export async function compare(contestants, { rounds, seconds }) {
  const taken = new Map(contestants.map(({ name }) => [name, []]));
  for (const contestant of contestants) await measure(contestant, Math.min(WARM_UP_SECONDS, seconds));
  for (let round = 0; round < rounds; round++) {
    for (const contestant of contestants) taken.get(contestant.name).push(await measure(contestant, seconds));
  }
  return Object.fromEntries([...taken].map(([name, list]) => [name, summary(list)]));
}

/** The median of the ratios of each round: the two were measured within seconds of each other. */
export function ratio(ours, theirs) {
  return median(ours.rounds.map(({ cpu }, round) => cpu / theirs.rounds[round].cpu));
}

async function measure({ server, job }, seconds) {
  const linesBefore = server.log.lines;
  const before = await server.usage();
  const result = await load(server.url, { ...job, seconds });
  // Log lines of the load count as part of it, though they may be written after it.
  await server.log.drained();
  const after = await server.usage();
  const lines = server.log.lines - linesBefore;
  // A dropped line costs less than a written one: such a round cannot be compared with another.
  const expected = (server.linesPerRequest ?? 0) * result.requests;
  if (lines < expected) throw new Error(`${lines} log lines instead of ${expected}`);
  return { cpu: (after.cpu - before.cpu) / result.requests, ...result };
}

function summary(rounds) {
  const of = (field) => median(rounds.map((round) => round[field]));
  return { cpu: of('cpu'), perSecond: of('perSecond'), p50: of('p50'), p99: of('p99'), rounds };
}

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function percentile(numbers, share) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
