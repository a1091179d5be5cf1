import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request } from 'node:http';

/** A proxy between service and desk that records what only the desk may see. */
export interface DeskTap {
  readonly url: string;
  readonly userSigs: ReadonlySet<string>;
  /** Of every call, in order of arrival. */
  readonly headers: readonly IncomingHttpHeaders[];
  readonly close: () => void;
}

export async function startDeskTap(desk: { readonly url: string }): Promise<DeskTap> {
  const userSigs = new Set<string>();
  const headers: IncomingHttpHeaders[] = [];
  const tap = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? '/', desk.url);
    const userSig = url.searchParams.get('usersig');
    if (userSig !== null) userSigs.add(userSig);
    headers.push(incoming.headers);
    const onward = request(url, { method: incoming.method, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  tap.listen(0, '127.0.0.1');
  await once(tap, 'listening');
  const address = tap.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    userSigs,
    headers,
    close: () => {
      tap.closeAllConnections();
      tap.close();
    },
  };
}
