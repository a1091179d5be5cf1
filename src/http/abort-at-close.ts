import { type ServerResponse } from 'node:http';

/** Aborted when the client disconnects before its answer is complete: then nothing more is asked for it. */
export function abortAtClose(response: ServerResponse): AbortController {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  // It may have gone while its credentials or its limit were checked.
  if (response.destroyed) gone.abort();
  return gone;
}
