// What changed for clients since the last release: openapi.json of the last tag against the one here. A breaking change
// is a failure, unless package.json has moved to another major version since.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import openapiDiff from 'openapi-diff';

const tag = git('describe', '--tags', '--abbrev=0')?.trim();
const released = tag && git('show', `${tag}:openapi.json`);
if (!released) {
  console.log(tag ? `${tag} has no openapi.json: nothing to compare with` : 'no tag yet: nothing to compare with');
  process.exit();
}

const { breakingDifferences = [], nonBreakingDifferences } = await openapiDiff.diffSpecs({
  sourceSpec: specification(tag, released),
  destinationSpec: specification('openapi.json', readFileSync('openapi.json', 'utf8')),
});
for (const difference of [...breakingDifferences, ...nonBreakingDifferences]) {
  const [{ location }] = [...difference.sourceSpecEntityDetails, ...difference.destinationSpecEntityDetails];
  console.log(`${difference.type}: ${difference.code} at ${location}`);
}
console.log(`${breakingDifferences.length} breaking changes since ${tag}`);

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const major = (text) => /\d+/.exec(text)?.[0];
if (breakingDifferences.length > 0 && major(tag) === major(version)) process.exit(1);

function git(...args) {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return undefined;
  }
}

function specification(location, text) {
  return { location, content: JSON.stringify(takenApart(JSON.parse(text))), format: 'openapi3' };
}

/**
 * Put so that openapi-diff sees it. It refuses a schema that contains itself, as a forwarded message does, and takes hours
 * over a union of ten: so each schema becomes the answer of a path of its own, and what refers to it holds its name. It
 * does not look at parameters: so they become a body, closed, as this service refuses unknown ones.
 */
function takenApart({ paths, components, info, tags }) {
  const operations = Object.entries(paths).map(([path, item]) => [
    path,
    Object.fromEntries(Object.entries(item).map(([method, operation]) => [method, withParametersAsBody(operation)])),
  ]);
  const schemas = Object.entries(components.schemas).map(([name, schema]) => [
    `/schemas/${name}`,
    { get: { responses: { 200: { description: name, content: json(schema) } } } },
  ]);
  // It reads 3.0 only.
  return named({ openapi: '3.0.3', info, tags, paths: Object.fromEntries([...operations, ...schemas]) });
}

function withParametersAsBody({ parameters = [], ...operation }) {
  const name = (parameter) => `${parameter.in} ${parameter.name}`;
  const properties = Object.fromEntries(parameters.map((parameter) => [name(parameter), parameter.schema]));
  const required = parameters.filter((parameter) => parameter.required).map(name);
  const schema = { type: 'object', properties, additionalProperties: false, ...(required.length > 0 && { required }) };
  return { ...operation, requestBody: { content: json(schema) } };
}

function json(schema) {
  return { 'application/json': { schema } };
}

function named(node) {
  if (Array.isArray(node)) return node.map(named);
  if (typeof node !== 'object' || node === null) return node;
  if (typeof node.$ref === 'string')
    return isHeader(node) ? { schema: { type: 'string' } } : { type: 'string', enum: [node.$ref] };
  if (isOrNull(node)) return named(orNull(node));
  if (Array.isArray(node.type))
    return named({ ...node, type: node.type.find((type) => type !== 'null'), nullable: true });
  // A schema's `examples` are of 3.1.
  const known = Object.entries(node).filter(([key]) => key !== 'examples');
  return Object.fromEntries(known.map(([key, value]) => [key, named(value)]));
}

/** It does not compare headers beyond their being there. */
function isHeader({ $ref }) {
  return $ref.startsWith('#/components/headers/');
}

/** A union with null, in the words of 3.0, so that a document of before compares as what it was. */
function isOrNull({ anyOf }) {
  return Array.isArray(anyOf) && anyOf.length === 2 && anyOf[1].type === 'null';
}

function orNull({ anyOf: [schema], ...rest }) {
  const plain = named(schema);
  return { ...rest, ...plain, ...(plain.enum && { enum: [...plain.enum, null] }), nullable: true };
}
