import { readFileSync } from 'node:fs';
import { isJsonObject } from './json.js';

/** The version in package.json, one folder above both `src` and `dist`. */
export const version = readVersion();

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const found = isJsonObject(manifest) ? manifest['version'] : undefined;
  return typeof found === 'string' ? found : 'unknown';
}
