/** The faults, one after the other; soak.mjs says how long each lasts. */
export function troubles({ desk, redis, replicas }) {
  return [
    { name: 'calm', start() {}, end() {} },
    { name: 'Redis frozen', start: () => redis.kill('SIGSTOP'), end: () => redis.kill('SIGCONT') },
    { name: 'desk limits', start: () => desk.limit(2), end: () => desk.limit(null) },
    {
      name: 'a replica killed',
      async start() {
        await replicas[0].kill();
      },
      async end() {
        await replicas[0].start();
      },
    },
    {
      name: 'desk fails (141002)',
      start: () => desk.faultUntilReset({ kind: 'error', code: 141002 }),
      end: () => desk.clearFaults(),
    },
    { name: 'desk hangs', start: () => desk.faultUntilReset({ kind: 'hang' }), end: () => desk.clearFaults() },
    { name: 'desk slow (1 s)', start: () => desk.latency(1000), end: () => desk.latency(0) },
  ];
}
