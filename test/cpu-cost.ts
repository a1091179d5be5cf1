import { type Answer, ask, speak } from './http.js';
import { type Service } from './service.js';

const ROUNDS = 6;
const REQUESTS_A_ROUND = 20;

export interface Cost {
  /** CPU time of the service for one request, in the cheapest round. */
  readonly cpuMs: number;
  readonly answers: readonly Answer[];
}

/**
 * CPU of the service's process for one request, without wall time and other processes. A busy machine makes rounds more
 * expensive, never cheaper, so the first cheap one is enough. Needs METRICS_PUBLIC.
 * @param bytesOf a whole request except its last line end, a different one for each number so that no cache helps
 */
export async function costOf(service: Service, bytesOf: (i: number) => string, enoughMs: number): Promise<Cost> {
  let cheapest: Cost = { cpuMs: Infinity, answers: [] };
  for (let round = 0; round < ROUNDS && cheapest.cpuMs > enoughMs; round++) {
    const cost = await costOfRound(service, (i) => bytesOf(round * REQUESTS_A_ROUND + i));
    if (cost.cpuMs < cheapest.cpuMs) cheapest = cost;
  }
  return cheapest;
}

async function costOfRound(service: Service, bytesOf: (i: number) => string): Promise<Cost> {
  const requests = Array.from({ length: REQUESTS_A_ROUND }, (_, i) => bytesOf(i));
  const before = await cpuMsOf(service);
  const answers = await speak(service, `${requests.join('\r\n')}Connection: close\r\n\r\n`);
  const after = await cpuMsOf(service);
  return { cpuMs: (after - before) / REQUESTS_A_ROUND, answers };
}

async function cpuMsOf(service: Service): Promise<number> {
  const { text } = await ask(service, '/metrics');
  const seconds = /^process_cpu_seconds_total (\S+)$/m.exec(text)?.[1];
  if (seconds === undefined) throw new Error('no process_cpu_seconds_total');
  return Number(seconds) * 1000;
}
