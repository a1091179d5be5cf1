import { expect, test } from '@jest/globals';
import { Representation } from './representation.js';

test.each(['identity', 'gzip', 'br'] as const)(
  'a body that is kept as %s keeps no memory but its own',
  async (encoding) => {
    const rendered = { body: Buffer.from('{"id":"a"}'.repeat(200)), link: undefined };
    const representation = new Representation(rendered, 'fingerprint', () => undefined);
    const { body } = await representation.variant(encoding);
    expect(body.buffer.byteLength).toBe(body.length);
  },
);
