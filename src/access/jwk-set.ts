import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { type ReadableStream } from 'node:stream/web';
import { type JSONWebKeySet, type JWK } from 'jose';
import { isJsonObject, parseJson } from '../json.js';

/** The answer of JWT_JWKS_URL is not a JWK Set. The message never contains the address, so it may be logged. */
export class JwkSetError extends Error {
  override readonly name = 'JwkSetError';
}

const TIMEOUT_MS = 3000;
/** Real sets have a few kilobytes. */
const MAX_BYTES = 1_000_000;
/** A token without key id is verified with each key, and anybody can send such tokens. */
const MAX_KEYS = 100;
/** Required by RFC 7518 §3.3; jose refuses to verify with less. */
const MIN_RSA_BITS = 2048;
/** The string members of a public key (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2). */
const TEXT_MEMBERS = ['kty', 'use', 'alg', 'kid', 'crv', 'x', 'y', 'n', 'e'] as const;

/**
 * The usable keys of a JWK Set; others are ignored (RFC 7517 §5).
 *
 * @throws JwkSetError, or what fetch throws
 */
export async function fetchJwkSet(url: URL): Promise<JSONWebKeySet> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const headers = { accept: 'application/jwk-set+json, application/json' };
  // Redirects are not followed: only keys of the configured address are trusted.
  const response = await fetch(url, { headers, redirect: 'manual', signal });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new JwkSetError(`status ${response.status}`);
  }
  return { keys: keysIn(await boundedText(response.body)).filter(isUsable) };
}

async function boundedText(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Throwing inside the loop closes the connection.
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BYTES) throw new JwkSetError(`more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function keysIn(text: string): readonly unknown[] {
  const set = parseJson(text);
  if (set === undefined) throw new JwkSetError('no JSON');
  const keys = isJsonObject(set) ? set['keys'] : undefined;
  if (!Array.isArray(keys)) throw new JwkSetError('no list of keys');
  if (keys.length > MAX_KEYS) throw new JwkSetError(`more than ${MAX_KEYS} keys`);
  return keys;
}

function isUsable(key: unknown): key is JWK {
  if (!hasTextMembers(key)) return false;
  try {
    const { modulusLength = Infinity } = createPublicKey({ key, format: 'jwk' }).asymmetricKeyDetails ?? {};
    return modulusLength >= MIN_RSA_BITS;
  } catch {
    // Not a valid key.
    return false;
  }
}

function hasTextMembers(value: unknown): value is JsonWebKey {
  return isJsonObject(value) && TEXT_MEMBERS.every((name) => !(name in value) || typeof value[name] === 'string');
}
