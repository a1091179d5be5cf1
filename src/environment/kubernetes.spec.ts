import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { isList, isObject } from '../../simulator/json-object.js';
import { environmentVariables, readEnvironment } from './read-environment.js';

const objects = parseAllDocuments(readFileSync('deploy/kubernetes.yaml', 'utf8')).map((document) => {
  const object: unknown = document.toJS();
  return object;
});
const settings = at(ofKind('ConfigMap'), 'data');
const pod = at(ofKind('Deployment'), 'spec', 'template', 'spec');
const container = at(pod, 'containers', '0');
/** By name: a value, or undefined for one from the Secret. */
const variables = new Map([
  ...Object.entries(isObject(settings) ? settings : {}),
  ...list(at(container, 'env')).map((variable) => [String(at(variable, 'name')), at(variable, 'value')] as const),
]);

describe('deploy/kubernetes.yaml', () => {
  it('sets only variables that are read', () => {
    expect(environmentVariables).toEqual(expect.arrayContaining([...variables.keys()]));
  });

  it('sets what is required: the service starts with it', () => {
    const files: Record<string, string> = { 'api-keys': `reports:${'0'.repeat(64)}`, 'cache-encryption-key': KEY };
    const source = Object.fromEntries([...variables].map(([name, value]) => [name, text(value ?? 'redis://redis')]));
    const readFile = (path: string): string => files[path.replace(/^.*\//, '')] ?? 'the-secret-key';
    expect(readEnvironment(source, readFile)).toMatchObject({ authMode: 'api-key' });
  });

  it('mounts every file that a variable names', () => {
    const mounts = list(at(container, 'volumeMounts')).map((mount) => text(at(mount, 'mountPath')));
    const items = list(at(pod, 'volumes', '0', 'secret', 'items')).map((item) => text(at(item, 'path')));
    const named = [...variables].filter(([name]) => name.endsWith('_FILE')).map(([, path]) => path);
    expect(named.sort()).toEqual(items.map((item) => `${mounts.join()}/${item}`).sort());
  });

  it('checks the health of the process, not of Redis or the desk, before it restarts a pod', () => {
    expect(at(container, 'livenessProbe', 'httpGet', 'path')).toBe('/health/live');
    expect(at(container, 'readinessProbe', 'httpGet', 'path')).toBe('/health/ready');
  });
});

const KEY = Buffer.alloc(32).toString('base64');

function ofKind(kind: string): unknown {
  return objects.find((object) => at(object, 'kind') === kind);
}

function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((inner, key) => {
    if (isList(inner)) return inner[Number(key)];
    return isObject(inner) ? inner[key] : undefined;
  }, value);
}

function list(value: unknown): readonly unknown[] {
  return isList(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : 'no text';
}
