/*
 * The house, from the roof to the ground. A room may import what lies below it, and nothing beside or above it.
 * `npm run check:house` holds this; docs/adr/3-the-house.md says what each room is for.
 */
const floors = [
  ['process'], //                 main, the app and its server
  ['messages', 'sessions', 'live'], // one room for each resource, and what is told or goes on by itself
  ['http'], //                    what all answers share
  ['operations'], //              probes, the scrape
  ['access'], //                  who may use a route, and how often
  ['problem'], //                 every error's way out
  ['transcript'], //              a session's messages as a log
  ['cache', 'content'], //        single flight, freshness, storage · a desk message becomes ours
  ['desk'], //                    all that is Tencent's
  ['redis'],
  ['logging'],
  ['metrics', 'tracing'],
  ['environment'],
  ['ground'], //                  json, clock, version: no room of its own
];

/** Rooms that are no folder of their own name. */
const paths = {
  process: '^src/(?:main|app\\.module|start|stop-signals|shutdown|configure-app|server|openapi)\\.ts$',
  environment: '^src/environment(?:\\.module)?\\.ts$|^src/environment/',
  ground: '^src/(?:json|clock|version)\\.ts$',
};
const pathOf = (room) => paths[room] ?? `^src/${room}/`;
const rooms = floors.flat();

const onlyDownwards = floors.flatMap((floor, level) =>
  floor.map((room) => ({
    name: `${room}-imports-downwards`,
    severity: 'error',
    from: { path: pathOf(room), pathNot: '\\.spec\\.ts$' },
    to: {
      path: '^src/',
      pathNot: [room, ...floors.slice(level + 1).flat()].map(pathOf),
    },
  })),
);

export default {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'every-file-has-a-room',
      severity: 'error',
      from: { path: '^src/', pathNot: rooms.map(pathOf) },
      to: {},
    },
    ...onlyDownwards,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    includeOnly: '^src/',
    exclude: { path: '\\.spec\\.ts$' },
  },
};
