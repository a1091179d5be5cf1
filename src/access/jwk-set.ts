import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { type ReadableStream } from 'node:stream/web';
import { type JSONWebKeySet, type JWK } from 'jose';

/** What JWT_JWKS_URL answers is no JWK Set. The message never holds the address, so it may be logged. */
export class JwkSetError extends Error {
  override readonly name = 'JwkSetError';
}

const TIMEOUT_MS = 3000;
/** Real sets have a few kilobytes. */
const MAX_BYTES = 1_000_000;
/** A token that names no key is tried with each, and strangers can send such tokens. */
const MAX_KEYS = 100;
/** RFC 7518 §3.3 asks for it; jose refuses to verify with less. */
const MIN_RSA_BITS = 2048;
/** The members of a public key that are texts (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2). */
const TEXT_MEMBERS = ['kty', 'use', 'alg', 'kid', 'crv', 'x', 'y', 'n', 'e'] as const;

/**
 * The usable keys of a JWK Set. RFC 7517 §5: what cannot be used is ignored and spoils none of the others.
 *
 * @throws JwkSetError, or what fetch throws
 */
export async function fetchJwkSet(url: URL): Promise<JSONWebKeySet> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const headers = { accept: 'application/jwk-set+json, application/json' };
  // Keys count only from the address that the operator wrote down, so redirects are answers like any other.
  const response = await fetch(url, { headers, redirect: 'manual', signal });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new JwkSetError(`status ${response.status}`);
  }
  return { keys: keysIn(parsed(await boundedText(response.body))).filter(isUsable) };
}

async function boundedText(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early closes the connection.
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BYTES) throw new JwkSetError(`more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new JwkSetError('no JSON', { cause });
  }
}

function keysIn(set: unknown): readonly unknown[] {
  if (typeof set !== 'object' || set === null || !('keys' in set) || !Array.isArray(set.keys)) {
    throw new JwkSetError('no list of keys');
  }
  if (set.keys.length > MAX_KEYS) throw new JwkSetError(`more than ${MAX_KEYS} keys`);
  return set.keys;
}

function isUsable(key: unknown): key is JWK {
  if (!hasTextMembers(key)) return false;
  try {
    const { modulusLength = Infinity } = createPublicKey({ key, format: 'jwk' }).asymmetricKeyDetails ?? {};
    return modulusLength >= MIN_RSA_BITS;
  } catch {
    // OpenSSL's way to say that it is no key.
    return false;
  }
}

function hasTextMembers(value: unknown): value is JsonWebKey {
  if (typeof value !== 'object' || value === null) return false;
  const members = new Map<string, unknown>(Object.entries(value));
  return TEXT_MEMBERS.every((name) => !members.has(name) || typeof members.get(name) === 'string');
}
