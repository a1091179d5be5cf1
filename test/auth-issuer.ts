import { once } from 'node:events';
import { createServer } from 'node:http';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

export const ISSUER = 'https://issuer.example/';
export const AUDIENCE = 'desk-bff';

/** The service's settings for this issuer. */
export const jwtEnvironment = ({ url }: Pick<Issuer, 'url'>) => ({
  AUTH_MODE: 'jwt',
  JWT_ISSUER: ISSUER,
  JWT_AUDIENCE: AUDIENCE,
  JWT_JWKS_URL: url,
});

export interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: JWK;
}

/** An issuer with its JWK set over HTTP, which can rotate keys and fail. */
export interface Issuer {
  readonly url: string;
  readonly fetches: () => number;
  readonly publish: (...keys: SigningKey[]) => void;
  /** From now on answers with this status, or (0) not at all; 200 ends the failure. */
  readonly answerWith: (status: number) => void;
  readonly close: () => Promise<void>;
}

export async function startIssuer(): Promise<Issuer> {
  let keys: readonly JWK[] = [];
  let status = 200;
  let fetches = 0;
  const server = createServer((_request, response) => {
    fetches += 1;
    if (status === 0) return;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}/jwks.json`,
    fetches: () => fetches,
    publish: (...published) => {
      keys = published.map(({ jwk }) => jwk);
    },
    answerWith: (next) => {
      status = next;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export async function makeKey(kid: string, alg = 'RS256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

export const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

/** The claims of a valid token; undefined leaves one out. */
export function claims(change: Record<string, unknown> = {}): JWTPayload {
  return { iss: ISSUER, aud: AUDIENCE, sub: 'ann', exp: inSeconds(60), ...change };
}

export async function sign(
  { kid, alg, privateKey }: SigningKey,
  change: Record<string, unknown> = {},
  header: { readonly kid?: string } = { kid },
): Promise<string> {
  return new SignJWT(claims(change)).setProtectedHeader({ alg, ...header }).sign(privateKey);
}

/** A token with exactly this header and payload, signed with RS256 whatever they say. */
export async function signAsIs({ privateKey }: SigningKey, header: unknown, payload: string): Promise<string> {
  const signed = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${Buffer.from(payload).toString('base64url')}`;
  const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', privateKey, Buffer.from(signed));
  return `${signed}.${Buffer.from(signature).toString('base64url')}`;
}
