import { type IncomingHttpHeaders } from 'node:http';

/** Node joins repeated headers with a comma and a blank, so two of them do not match. */
const BEARER = /^bearer +([!-~]+)$/i;

/** Credentials in two headers are refused: it would be arbitrary which one counts, and a proxy might check the other. */
export function apiKeyIn(headers: IncomingHttpHeaders): string | undefined {
  const key = headers['x-api-key'];
  if (key === undefined) return bearerToken(headers.authorization);
  return headers.authorization === undefined && typeof key === 'string' && key !== '' ? key : undefined;
}

export function tokenIn(headers: IncomingHttpHeaders): string | undefined {
  return headers['x-api-key'] === undefined ? bearerToken(headers.authorization) : undefined;
}

function bearerToken(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : BEARER.exec(authorization)?.[1];
}
