import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';

/**
 * A closed-loop client on keep-alive connections, in a process of its own. It does little more than write bytes and
 * look for Content-Length, so that on a small machine the server is measured and not the client.
 * @returns {Promise<{ requests: number, perSecond: number, p50: number, p99: number }>} latencies in milliseconds
 */
export async function load(
  url,
  { paths, headers = {}, connections = 20, seconds = Infinity, amount = Infinity, status = 200 },
) {
  const client = fork(fileURLToPath(import.meta.url));
  client.send({ url, paths, headers, connections, seconds, amount, status });
  const [result] = await Promise.race([
    once(client, 'message'),
    once(client, 'exit').then(() => Promise.reject(new Error('the load client died'))),
  ]);
  client.disconnect();
  if (result.error !== undefined) throw new Error(`load on ${url}: ${result.error}`);
  return result;
}

async function drive({ url, paths, headers, connections, seconds, amount, status }) {
  const { hostname, port, host } = new URL(url);
  const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const requests = paths.map((path) => Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`));
  const latencies = [];
  const startedAt = performance.now();
  const endAt = startedAt + (seconds ?? Infinity) * 1000;
  let sent = 0;
  const next = () => {
    if (sent >= (amount ?? Infinity) || performance.now() >= endAt) return undefined;
    return requests[sent++ % requests.length];
  };
  const work = Array.from({ length: connections }, () => drain(hostname, Number(port), status, next, latencies));
  await Promise.all(work);
  const elapsed = (performance.now() - startedAt) / 1000;
  latencies.sort((a, b) => a - b);
  const at = (share) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))];
  return { requests: latencies.length, perSecond: latencies.length / elapsed, p50: at(0.5), p99: at(0.99) };
}

/** One connection: sends the next request when the answer to the last one is complete. */
function drain(hostname, port, expected, next, latencies) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port, noDelay: true });
    let sentAt = 0;
    let head = Buffer.alloc(0);
    let bodyLeft = -1;
    const send = () => {
      const request = next();
      if (request === undefined) {
        socket.destroy();
        resolve();
        return;
      }
      bodyLeft = -1;
      sentAt = performance.now();
      socket.write(request);
    };
    socket.on('connect', send);
    socket.on('data', (chunk) => {
      if (bodyLeft < 0) {
        head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        const text = head.latin1Slice(0, end);
        if (Number(text.slice(9, 12)) !== expected) {
          reject(new Error(`answered ${head.toString()}`));
          socket.destroy();
          return;
        }
        bodyLeft = expected === 304 ? 0 : Number(/content-length: (\d+)/i.exec(text)[1]);
        bodyLeft -= head.length - end - 4;
        head = Buffer.alloc(0);
      } else bodyLeft -= chunk.length;
      if (bodyLeft > 0) return;
      latencies.push(performance.now() - sentAt);
      send();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server closed the connection')));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.once('message', (job) => {
    drive(job)
      .catch((error) => ({ error: error.message }))
      .then((result) => process.send(result));
  });
}
