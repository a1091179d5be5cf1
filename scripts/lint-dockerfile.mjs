// dockerfile-utils' own command exits 0 whatever it finds; here anything it says is a failure.
import { readFileSync } from 'node:fs';
import { validate } from 'dockerfile-utils';

const path = process.argv[2] ?? 'Dockerfile';
const diagnostics = validate(readFileSync(path, 'utf8'));
for (const { range, message } of diagnostics) console.error(`${path}:${range.start.line + 1}: ${message}`);
if (diagnostics.length > 0) process.exit(1);
console.log(`${path}: clean`);
