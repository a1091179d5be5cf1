import { median } from '../compare.mjs';
import { times } from '../row.mjs';
import { startServer } from '../server-process.mjs';
import { get, startService } from '../service.mjs';

const MOST = 1;

/** From the start of the process to the first answer that says "ready". */
export async function start({ desk, starts }) {
  const contestants = {
    service: () => startService(desk),
    bare: () => startServer('bench/servers/bare-nest.mjs'),
  };
  const taken = { service: [], bare: [] };
  for (let round = 0; round < starts + 1; round++) {
    for (const [name, begin] of Object.entries(contestants)) {
      const startedAt = performance.now();
      const server = await begin();
      const { status } = await get(`${server.url}/health/ready`);
      const ms = performance.now() - startedAt;
      const { cpu } = await server.usage();
      await server.stop();
      if (status !== 200) throw new Error(`${name} is not ready: ${status}`);
      // The first of each fills the disk cache.
      if (round > 0) taken[name].push({ ms, cpuMs: cpu / 1000 });
    }
  }
  return { raw: taken, rows: [row(taken)] };
}

function row({ service, bare }) {
  const of = (list, field) => median(list.map((one) => one[field]));
  const ratioOf = (field) => median(service.map((one, round) => one[field] / bare[round][field]));
  const both = (field) => `${of(service, field).toFixed(0)} / ${of(bare, field).toFixed(0)} ms`;
  return {
    case: 'start to ready',
    against: 'bare Nest on Fastify',
    goal: `≤ ${times(MOST)} the time`,
    measured: `${times(ratioOf('ms'))} (${both('ms')})`,
    isMet: ratioOf('ms') <= MOST,
    cpu: `${both('cpuMs')} in all, ${times(ratioOf('cpuMs'))}`,
  };
}
