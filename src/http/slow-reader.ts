import { type ServerResponse } from 'node:http';

/** Smaller than blocks: each chunk that is read shows that the client still reads. */
const PIECE_BYTES = 65_536;

/** The client read nothing for too long while data waited. */
export class StalledReaderError extends Error {
  override readonly name = 'StalledReaderError';
}

/** The client has disconnected. */
export class GoneReaderError extends Error {
  override readonly name = 'GoneReaderError';
}

/**
 * Writes as fast as the client reads.
 * @throws StalledReaderError, GoneReaderError
 */
export async function writeAtReadersPace(response: ServerResponse, bytes: Buffer, stalledMs: number): Promise<void> {
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
    if (response.destroyed) throw new GoneReaderError('the client has gone');
    const isTaken = response.write(bytes.subarray(start, start + PIECE_BYTES));
    if (!isTaken) await drained(response, stalledMs);
  }
}

/** @throws StalledReaderError, GoneReaderError */
export async function drained(response: ServerResponse, stalledMs: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      end();
      reject(new StalledReaderError('nothing was read for too long'));
    }, stalledMs);
    const onDrain = () => {
      end();
      resolve();
    };
    const onClose = () => {
      end();
      reject(new GoneReaderError('the client has gone'));
    };
    const end = () => {
      clearTimeout(timer);
      response.off('drain', onDrain).off('close', onClose);
    };
    response.once('drain', onDrain).once('close', onClose);
  });
}
