import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { satisfies } from 'semver';
import { isObject } from '../simulator/json-object.js';

const dockerfile = readFileSync('Dockerfile', 'utf8');
const compose = readFileSync('docker-compose.yml', 'utf8');

/** The first group of a pattern, line by line. */
const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, found = '']) => found);

const stages = all(dockerfile, /^FROM \S+ AS (\S+)$/gm);
const bases = all(dockerfile, /^FROM (\S+)/gm).filter((image) => !stages.includes(image));

test('every image is named by its exact version', () => {
  const images = [...bases, ...all(compose, /^ +image: (\S+)$/gm)];
  expect(images).toHaveLength(5);
  for (const image of images) expect(image).toMatch(/^[\w./-]+:v?\d+\.\d+\.\d+(-[\w.-]+)?$/);
});

test('the image names its base image', () => {
  expect(all(dockerfile, /image\.base\.name="docker\.io\/library\/([^"]+)"/g)).toEqual(bases);
});

test('CI uses the Node of the image', () => {
  const script = /^node_of_the_image\(\) \{\n.*?\n\}$/ms.exec(readFileSync('.ci/run', 'utf8'))?.[0];
  const version = execFileSync('bash', ['-c', `${script}\nnode_of_the_image`], { encoding: 'utf8' }).trim();
  expect(version).toMatch(/^24\.\d+\.\d+$/);
  expect(bases).toEqual([`node:${version}-bookworm-slim`]);
});

test('.nvmrc is the Node of the image', () => {
  expect(bases).toEqual([`node:${readFileSync('.nvmrc', 'utf8').trim()}-bookworm-slim`]);
});

test('the workflow runs .ci/run on the oldest Node that package.json allows', () => {
  const workflow = readFileSync('.github/workflows/ci.yml', 'utf8');
  const [, floor = ''] = /"node": ">=([\d.]+)"/.exec(readFileSync('package.json', 'utf8')) ?? [];
  expect(all(workflow, /^ +container: node:(\S+)$/gm)).toEqual([`${floor}.0-bookworm`]);
  expect(workflow).toMatch(/^ +- run: \.ci\/run$/m);
});

test('every package that production needs works on that Node', () => {
  const lock: unknown = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const packages = Object.entries(isObject(lock) && isObject(lock['packages']) ? lock['packages'] : {});
  const unfit = packages.filter(([, entry]) => isObject(entry) && entry['dev'] !== true && !allowsNode20(entry));
  expect(unfit.map(([name]) => name)).toEqual([]);
});

test('no package may run a script when it is installed, outside of the image either', () => {
  expect(readFileSync('.npmrc', 'utf8')).toMatch(/^ignore-scripts=true$/m);
});

function allowsNode20({ engines }: Readonly<Record<string, unknown>>): boolean {
  const range = isObject(engines) ? engines['node'] : undefined;
  return typeof range !== 'string' || satisfies('20.19.0', range);
}
