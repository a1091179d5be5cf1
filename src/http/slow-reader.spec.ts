import { type EventEmitter } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { GoneReaderError, StalledReaderError, writeAtReadersPace } from './slow-reader.js';

const STALLED_MS = 30_000;
const PIECE = 65_536;

describe('writing at the pace of the client', () => {
  let response: ServerResponse;
  let events: EventEmitter;
  /** The sizes of the written chunks. */
  let pieces: number[];
  let isTaken: boolean;

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    pieces = [];
    isTaken = true;
    response = new ServerResponse(new IncomingMessage(new Socket()));
    events = response;
    jest.spyOn(response, 'write').mockImplementation((chunk: unknown) => {
      pieces.push(Buffer.isBuffer(chunk) ? chunk.length : 0);
      return isTaken;
    });
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  const write = (length: number) => writeAtReadersPace(response, Buffer.alloc(length), STALLED_MS);

  it('uses small chunks, and waits for nothing while all is read', async () => {
    await write(2 * PIECE + 1);
    expect(pieces).toEqual([PIECE, PIECE, 1]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('writes no chunk before the previous one was read', async () => {
    isTaken = false;
    const written = write(2 * PIECE);
    await jest.advanceTimersByTimeAsync(STALLED_MS - 1);
    expect(pieces).toHaveLength(1);
    // Each chunk has its own time limit.
    events.emit('drain');
    await jest.advanceTimersByTimeAsync(STALLED_MS - 1);
    expect(pieces).toHaveLength(2);
    events.emit('drain');
    await written;
    expect(jest.getTimerCount()).toBe(0);
  });

  it('ends when nothing was read for too long', async () => {
    isTaken = false;
    const isCutOff = expect(write(2 * PIECE)).rejects.toThrow(StalledReaderError);
    await jest.advanceTimersByTimeAsync(STALLED_MS);
    await isCutOff;
    expect(pieces).toHaveLength(1);
    expect(response.listenerCount('drain')).toBe(0);
  });

  it('ends at once when the client disconnects', async () => {
    isTaken = false;
    const isOver = expect(write(PIECE)).rejects.toThrow(GoneReaderError);
    events.emit('close');
    await isOver;
    expect(jest.getTimerCount()).toBe(0);
  });

  it('writes nothing to a client that has disconnected', async () => {
    response.destroy();
    await expect(write(PIECE)).rejects.toThrow(GoneReaderError);
    expect(pieces).toEqual([]);
  });
});
