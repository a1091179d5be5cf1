// Checks deploy/kubernetes.yaml as an API server would: types, required fields and enums by the schemas of Kubernetes,
// which the package kubernetes-models brings along, so that no cluster and no network is needed.
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

const path = process.argv[2] ?? 'deploy/kubernetes.yaml';
const documents = parseAllDocuments(readFileSync(path, 'utf8')).map((document) => document.toJS());
const faults = (await Promise.all(documents.map(faultsOf))).flat();
for (const fault of faults) console.error(`${path}: ${fault}`);
if (faults.length > 0) process.exit(1);
console.log(`${path}: ${documents.length} objects are valid`);

async function faultsOf(object) {
  const { apiVersion, kind, metadata } = object;
  const name = `${kind} ${metadata?.name}`;
  const { [kind]: Model } = await import(`kubernetes-models/${apiVersion}`).catch(() => ({}));
  if (Model === undefined) return [`${name}: there is no ${kind} in ${apiVersion}`];
  const read = new Map();
  try {
    // Not through the constructor, which copies the object and so looks at every field.
    Model.prototype.validate.call(watched(object, '', read));
  } catch (error) {
    return [`${name}: ${error.message}`];
  }
  return unreadFields(object, '', read).map((field) => `${name}: ${field} is no field of Kubernetes`);
}

/** The schemas allow unknown fields, and a misspelt one would have no effect. A validator looks at each field that it knows. */
function watched(value, place, read) {
  if (typeof value !== 'object' || value === null) return value;
  const seen = new Set();
  read.set(place, seen);
  const parts = new Map();
  return new Proxy(value, {
    get(target, key) {
      if (typeof key !== 'string' || !Object.hasOwn(target, key)) return target[key];
      seen.add(key);
      if (!parts.has(key)) parts.set(key, watched(target[key], `${place}/${key}`, read));
      return parts.get(key);
    },
  });
}

function unreadFields(value, place, read) {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = `${place}/${key}`;
    return read.get(place)?.has(key) ? unreadFields(inner, here, read) : [here];
  });
}
