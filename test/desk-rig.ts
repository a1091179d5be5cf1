import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import axios from 'axios';
import { pino } from 'pino';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { CallQueue } from '../src/desk/admission/call-queue.js';
import { CircuitBreaker } from '../src/desk/admission/circuit-breaker.js';
import { Attempt, type DeskReply } from '../src/desk/attempt.js';
import { type DeskCommand } from '../src/desk/commands/command.js';
import { type ChatMessages, describeChatMessages } from '../src/desk/commands/describe-chat-messages.js';
import { connectionPool } from '../src/desk/connection-pool.js';
import { Desk } from '../src/desk/desk.js';
import { DeskError } from '../src/desk/desk-error.js';
import { DeskHttpClient } from '../src/desk/http-client.js';
import { SharedReSigning } from '../src/desk/user-sig/shared-re-signing.js';
import { UserSig } from '../src/desk/user-sig/user-sig.js';
import { isJsonObject } from '../src/json.js';
import { admissionControl } from './admission-rig.js';

/** The desk's address and its credentials. */
export interface DeskAccount {
  readonly url: string;
  readonly sdkAppId: number;
  readonly secretKey: string;
  readonly identifier: string;
}

export interface DeskRigOptions {
  readonly attemptTimeoutMs?: number;
  readonly maxRps?: number;
  readonly random?: number;
  readonly minMs?: number;
  readonly baseUrl?: string;
}

export const SESSION = 'b0f4ca12-4850-4218-a284-efe679a87066';

/** The desk client of one replica, from `call` to the socket, with everything that tests observe. */
export class DeskRig {
  private static readonly pool = connectionPool();

  readonly desk: Desk;
  readonly queue: CallQueue;
  /** How many signatures were made. */
  signed = 0;
  readonly codes: string[] = [];
  readonly attempts: number[] = [];
  /** The pauses between attempts, in milliseconds. */
  readonly pauses: number[] = [];
  readonly lines: Record<string, unknown>[] = [];
  /** How far the clock for lasting states is ahead of the real one. */
  aheadMs = 0;

  constructor(
    { url, sdkAppId, secretKey, identifier }: DeskAccount,
    { attemptTimeoutMs = 4000, maxRps = 1000, random = 0, minMs = 1000, baseUrl = url }: DeskRigOptions = {},
  ) {
    const now = () => Date.now();
    const later = () => performance.now() + this.aheadMs;
    const admission = admissionControl({ maxRps, minMs, now: later, random: () => random });
    this.queue = new CallQueue({ admission, maxRps, now });
    const onSigned = () => {
      this.signed += 1;
    };
    const userSig = new UserSig({ sdkAppId, secretKey, identifier, ttlMs: 86_400_000, now, onSigned });
    const http = new HttpService(axios.create(DeskRig.pool));
    const attempt = new Attempt({
      client: new DeskHttpClient(http, { baseUrl, sdkAppId, identifier }),
      queue: this.queue,
      admission,
      userSig,
      reSigning: new SharedReSigning(userSig, (isUnderWay) => {
        this.queue.holdBack(isUnderWay);
      }),
      attemptTimeoutMs,
      now,
      logger: pino({}, { write: (line: string) => this.lines.push(fieldsOf(line)) }),
      onCall: (_command, code) => this.codes.push(code),
    });
    this.desk = new Desk({
      attempt,
      breaker: new CircuitBreaker(later),
      now,
      sleep: (ms) => {
        this.pauses.push(ms);
        return sleep(ms);
      },
      random: () => random,
      onAttempts: (made) => this.attempts.push(made),
    });
  }

  /** Closes the connections that all rigs of this process share. */
  static close(): void {
    DeskRig.pool.httpAgent.destroy();
  }

  ask(sessionId = SESSION, deadlineMs = 10_000): Promise<DeskReply<ChatMessages>> {
    return this.call(describeChatMessages, { sessionId, limit: 20, offset: 0, order: 'desc' }, { deadlineMs });
  }

  call<Request, Answer>(
    command: DeskCommand<Request, Answer>,
    request: Request,
    { deadlineMs = 10_000, signal = new AbortController().signal } = {},
  ): Promise<DeskReply<Answer>> {
    const deadlineAt = Date.now() + deadlineMs;
    return this.desk.call(command, request, { deadlineAt, signal });
  }

  /** The result of a call: `ok`, or the error. */
  end(sessionId?: string, deadlineMs?: number): Promise<DeskError | 'ok'> {
    return endOf(this.ask(sessionId, deadlineMs));
  }
}

/** One simulator for all tests of a file, reset for each of them, and a new rig. */
export function simulateDesk(use: (simulator: Simulator, rig: DeskRig) => void): void {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator();
  });
  beforeEach(() => {
    simulator.reset();
    use(simulator, new DeskRig(simulator));
  });
  afterAll(async () => {
    DeskRig.close();
    await simulator.close();
  });
}

export function endOf(call: Promise<unknown>): Promise<DeskError | 'ok'> {
  return call.then(
    () => 'ok',
    (error: unknown) => {
      if (error instanceof DeskError) return error;
      throw error;
    },
  );
}

function fieldsOf(line: string): Record<string, unknown> {
  const value: unknown = JSON.parse(line);
  return isJsonObject(value) ? { ...value } : {};
}
