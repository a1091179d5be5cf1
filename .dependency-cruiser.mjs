/*
 * The layers of src/, from top to bottom. A folder may import what is below it, and nothing beside or above it.
 * `npm run check:layers` enforces this; docs/adr/3-layers.md says what each folder is for.
 */
const layers = [
  ['process'], //                 main, the app and its server
  ['messages', 'sessions', 'live'], // one folder for each resource; webhooks and streams
  ['http'], //                    what all answers share
  ['operations'], //              health probes, /metrics
  ['access'], //                  who may use a route, and how often
  ['problem'], //                 how errors become answers
  ['transcript'], //              a session's messages as a log
  ['cache', 'content'], //        single flight, freshness, storage · a desk message becomes ours
  ['desk'], //                    all that is Tencent's
  ['redis'],
  ['logging'],
  ['metrics', 'tracing'],
  ['environment'],
  ['base'], //                    json, clock, target, version: files in no folder
];

/** Layers that are not a folder of the same name. */
const paths = {
  process: '^src/(?:main|app\\.module|start|stop-signals|shutdown|configure-app|server|openapi)\\.ts$',
  environment: '^src/environment(?:\\.module)?\\.ts$|^src/environment/',
  base: '^src/(?:json|clock|target|version)\\.ts$',
};
const pathOf = (folder) => paths[folder] ?? `^src/${folder}/`;
const folders = layers.flat();

const onlyDownwards = layers.flatMap((layer, level) =>
  layer.map((folder) => ({
    name: `${folder}-imports-downwards`,
    severity: 'error',
    from: { path: pathOf(folder), pathNot: '\\.spec\\.ts$' },
    to: {
      path: '^src/',
      pathNot: [folder, ...layers.slice(level + 1).flat()].map(pathOf),
    },
  })),
);

export default {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'every-file-has-a-layer',
      severity: 'error',
      from: { path: '^src/', pathNot: folders.map(pathOf) },
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
