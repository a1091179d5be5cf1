// Makes a key for a caller: the key itself is shown once, here; the service is only ever told its SHA-256.
import { createHash, randomBytes } from 'node:crypto';

const [name, ...rest] = process.argv.slice(2);
if (name === undefined || rest.length > 0 || !/^[\w.-]+$/.test(name)) {
  console.error('usage: npm run api-key -- NAME   (A-Z a-z 0-9 _ . -)');
  process.exit(1);
}
const key = randomBytes(32).toString('base64url');
const digest = createHash('sha256').update(key).digest('hex');
console.log(`key for ${name}, shown only now:\n${key}\n\nline for API_KEYS or API_KEYS_FILE:\n${name}:${digest}`);
