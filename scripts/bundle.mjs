// Makes dist/main.js and its chunks out of build/: what `npm start`, the image and the tests run. One file to load instead
// of some 1,200 takes two thirds off the start (bench, "start"). Names are kept, so that stacks and errors read as written;
// NODE_OPTIONS=--enable-source-maps shows the places of the sources as well.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const OUT = 'dist';
// Packages of CommonJS use these; a bundle of ES modules has to bring them along.
const COMMONJS = `import { createRequire as bundleRequire } from 'node:module';
const require = bundleRequire(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname;`;

/** Nest loads these where an application uses them; this one does not. */
const UNUSED = [
  '@fastify/multipart',
  '@fastify/view',
  '@nestjs/microservices',
  '@nestjs/platform-express',
  '@nestjs/websockets',
  'class-transformer',
];

// Chunks have their content in their names: those of an older build would stay.
for (const file of readable(OUT)) if (/\.js(\.map)?$/.test(file)) rmSync(join(OUT, file));
await build({
  entryPoints: ['build/main.js'],
  outdir: OUT,
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  keepNames: true,
  // V8 keeps the text of what it has loaded, and at two bytes a character if one comment has one beyond Latin-1.
  minifyWhitespace: true,
  lineLimit: 120,
  sourcemap: true,
  // Swagger UI's files are served from its package.
  external: [...UNUSED, 'swagger-ui-dist'],
  banner: { js: COMMONJS },
  logLevel: 'warning',
});

function readable(folder) {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}
