import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { isList, isObject } from '../simulator/json-object.js';

/** One service of docker-compose.yml; a variable without a value is passed on from the shell. */
export interface ComposeService {
  readonly variables: ReadonlyMap<string, string | undefined>;
  readonly secrets: readonly string[];
  /** Folders of the repository by their path in the container. */
  readonly mounts: ReadonlyMap<string, string>;
  readonly target: string | undefined;
}

export interface ComposeFile {
  readonly service: (name: string) => ComposeService;
  /** The default file of a secret. */
  readonly secretFile: (name: string) => string;
}

export function readComposeFile(path: string): ComposeFile {
  const file: unknown = parse(readFileSync(path, 'utf8'));
  return {
    service: (name) => {
      const service = at(file, 'services', name);
      if (!isObject(service)) throw new Error(`${path} has no service ${name}`);
      const { environment, secrets, volumes } = service;
      return {
        variables: new Map(entriesOf(environment).map(([key, value]) => [key, textOf(value)])),
        secrets: isList(secrets) ? secrets.map(String) : [],
        mounts: new Map((isList(volumes) ? volumes : []).flatMap(mountOf)),
        target: textOf(at(service, 'build', 'target')),
      };
    },
    secretFile: (name) => {
      const text = textOf(at(file, 'secrets', name, 'file'));
      if (text === undefined) throw new Error(`${path} has no file for the secret ${name}`);
      return text.replace(/^\$\{\w+:-(.*)\}$/, '$1');
    },
  };
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

function entriesOf(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}

/** YAML has numbers and booleans too; the environment only text. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** A volume with a name instead of a folder is managed by Docker. */
function mountOf(volume: unknown): [string, string][] {
  const [folder = '', inside = ''] = String(volume).split(':');
  return folder.startsWith('.') ? [[inside, folder]] : [];
}
