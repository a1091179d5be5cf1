// Writes openapi.json from the built service, or with --check compares the two: the committed document is what ships.
import { readFileSync, writeFileSync } from 'node:fs';
import { createApp } from '../build/configure-app.js';
import { readEnvironment } from '../build/environment/read-environment.js';
import { createApiDocument } from '../build/openapi.js';

const environment = readEnvironment({
  AUTH_MODE: 'none',
  DESK_SDK_APP_ID: '1',
  DESK_SECRET_KEY: 'unused',
  LOG_LEVEL: 'silent',
});
const app = await createApp(environment);
const document = `${JSON.stringify(sorted(createApiDocument(app)), null, 2)}\n`;
await app.close();

if (!process.argv.includes('--check')) {
  writeFileSync('openapi.json', document);
} else if (readFileSync('openapi.json', 'utf8') !== document) {
  console.error('openapi.json is not what the service says: run `npm run openapi` and commit it');
  process.exit(1);
} else {
  console.log('openapi.json is up to date');
}

/** Keys in one order, so that the same document is the same file. */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}
