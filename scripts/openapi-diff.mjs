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
  const document = JSON.parse(text);
  return { location, content: JSON.stringify(inlined(document, document)), format: 'openapi3' };
}

/** openapi-diff refuses a schema that contains itself, as a relayed message does: the second time round it is left open. */
function inlined(node, document, open = []) {
  if (Array.isArray(node)) return node.map((item) => inlined(item, document, open));
  if (typeof node !== 'object' || node === null) return node;
  const { $ref } = node;
  if (typeof $ref !== 'string') {
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, inlined(value, document, open)]));
  }
  if (open.includes($ref)) return {};
  const target = $ref
    .slice(2)
    .split('/')
    .reduce((parent, key) => parent[key], document);
  return inlined(target, document, [...open, $ref]);
}
