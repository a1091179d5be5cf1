import { type EventEmitter } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { GoneReaderError, StalledReaderError, writeAtReadersPace } from './slow-reader.js';

const STALLED_MS = 30_000;
const CHUNK_BYTES = 65_536;

describe('writing at the pace of the client', () => {
  let response: ServerResponse;
  let events: EventEmitter;
  /** The sizes of the written chunks. */
  let chunks: number[];
  let isTaken: boolean;

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    chunks = [];
    isTaken = true;
    response = new ServerResponse(new IncomingMessage(new Socket()));
    events = response;
    jest.spyOn(response, 'write').mockImplementation((chunk: unknown) => {
      chunks.push(Buffer.isBuffer(chunk) ? chunk.length : 0);
      return isTaken;
    });
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  const write = (length: number) => writeAtReadersPace(response, Buffer.alloc(length), STALLED_MS);

  it('uses small chunks, and waits for nothing while all is read', async () => {
    await write(2 * CHUNK_BYTES + 1);
    expect(chunks).toEqual([CHUNK_BYTES, CHUNK_BYTES, 1]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('writes no chunk before the previous one was read', async () => {
    isTaken = false;
    const written = write(2 * CHUNK_BYTES);
    await jest.advanceTimersByTimeAsync(STALLED_MS - 1);
    expect(chunks).toHaveLength(1);
    // Each chunk has its own time limit.
    events.emit('drain');
    await jest.advanceTimersByTimeAsync(STALLED_MS - 1);
    expect(chunks).toHaveLength(2);
    events.emit('drain');
    await written;
    expect(jest.getTimerCount()).toBe(0);
  });

  it('ends when nothing was read for too long', async () => {
    isTaken = false;
    const isCutOff = expect(write(2 * CHUNK_BYTES)).rejects.toThrow(StalledReaderError);
    await jest.advanceTimersByTimeAsync(STALLED_MS);
    await isCutOff;
    expect(chunks).toHaveLength(1);
    expect(response.listenerCount('drain')).toBe(0);
  });

  it('ends at once when the client disconnects', async () => {
    isTaken = false;
    const isOver = expect(write(CHUNK_BYTES)).rejects.toThrow(GoneReaderError);
    events.emit('close');
    await isOver;
    expect(jest.getTimerCount()).toBe(0);
  });

  it('writes nothing to a client that has disconnected', async () => {
    response.destroy();
    await expect(write(CHUNK_BYTES)).rejects.toThrow(GoneReaderError);
    expect(chunks).toEqual([]);
  });
});
