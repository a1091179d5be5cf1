import { randomInt } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type HttpService } from '@nestjs/axios';
import { type DeskAnswer, MAX_BODY_BYTES, readDeskAnswer } from './answer.js';
import { type JsonObject } from '../json.js';
import { type DeskCommand } from './commands/command.js';

/** Why one attempt brought no answer. `status` is the HTTP status if one came that was not 200. */
export class DeskAttemptError extends Error {
  override readonly name = 'DeskAttemptError';

  constructor(
    readonly kind: 'timeout' | 'network' | 'broken',
    readonly status?: number,
    /** The error code of the system or of TLS, such as ECONNRESET. Never the AxiosError itself: it holds the URL. */
    readonly reason?: string,
  ) {
    super(`the desk gave no answer: ${[kind, status, reason].filter((part) => part !== undefined).join(' ')}`);
  }

  /** Retryable: time-outs, broken bodies, resets, HTTP 5xx. Not: DNS failure, refused connection, TLS identity error. */
  get isRetryable(): boolean {
    if (this.kind !== 'network') return true;
    return this.status === undefined ? RESETS.has(this.reason ?? '') : this.status >= 500;
  }
}

const RESETS: ReadonlySet<string> = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT']);

export interface DeskAddress {
  readonly baseUrl: string;
  readonly sdkAppId: number;
  readonly identifier: string;
}

const PATH = 'v4/desk_http_svc/';
/** Parsing a larger answer blocks the event loop noticeably. */
const LARGE_BYTES = 256 * 1024;
const RANDOM_END = 2 ** 32;

/** One POST with the signature in the URL. The desk always answers HTTP 200; ErrorCode has the outcome. No retries here. */
export class DeskHttpClient {
  private readonly baseUrl: string;

  constructor(
    private readonly http: HttpService,
    private readonly address: DeskAddress,
  ) {
    this.baseUrl = new URL(PATH, address.baseUrl.endsWith('/') ? address.baseUrl : `${address.baseUrl}/`).href;
  }

  /** @throws DeskAttemptError where no well-formed answer came before `signal` aborted. */
  async call<Request, Answer>(
    command: DeskCommand<Request, Answer>,
    request: Request,
    { userSig, signal }: { readonly userSig: string; readonly signal: AbortSignal },
  ): Promise<DeskAnswer<Answer>> {
    const response = await this.post(command.name, command.body(request), userSig, signal);
    if (response.status !== 200) throw new DeskAttemptError('network', response.status);
    const answer = readDeskAnswer(command, request, response.data);
    if (answer === undefined) throw new DeskAttemptError('broken');
    // Rendering takes as long again: let other requests run first.
    if (response.data.length > LARGE_BYTES) await nextTurn();
    return answer;
  }

  private async post(command: string, body: JsonObject, userSig: string, signal: AbortSignal) {
    try {
      return await this.http.axiosRef.post<Buffer>(this.url(command, userSig), JSON.stringify(body), {
        headers: { 'content-type': 'application/json' },
        // The body and the URL are complete: axios' own transforms cost an eighth of a call.
        transformRequest: [],
        transformResponse: [],
        responseType: 'arraybuffer',
        maxContentLength: MAX_BODY_BYTES,
        maxRedirects: 0,
        proxy: false,
        signal,
        validateStatus: null,
      });
    } catch (error) {
      throw attemptError(error, signal);
    }
  }

  private url(command: string, userSig: string): string {
    const { sdkAppId, identifier } = this.address;
    const query = `sdkappid=${sdkAppId}&identifier=${encodeURIComponent(identifier)}&usersig=${encodeURIComponent(userSig)}`;
    return `${this.baseUrl}${command}?${query}&random=${randomInt(RANDOM_END)}&contenttype=json`;
  }
}

/** Keeps the code of an AxiosError and nothing else: its config, request and even its `toJSON` hold the UserSig. */
function attemptError(error: unknown, signal: AbortSignal): DeskAttemptError {
  if (signal.aborted) return new DeskAttemptError('timeout');
  const reason = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  // axios has one code for two faults: with a response it is a truncated body, without one it is over maxContentLength.
  const isCutShort = reason === 'ERR_BAD_RESPONSE' && error instanceof Error && 'response' in error && !!error.response;
  if (isCutShort || reason === 'ERR_STREAM_PREMATURE_CLOSE') {
    return new DeskAttemptError('network', undefined, 'ECONNRESET');
  }
  return new DeskAttemptError(isMalformed(reason) ? 'broken' : 'network', undefined, reason);
}

/** An answer came, but it is too large, not HTTP, or not encoded as its Content-Encoding says. */
function isMalformed(reason = ''): boolean {
  return reason === 'ERR_BAD_RESPONSE' || /^(HPE_|Z_|ERR_BROTLI|ERR__ERROR_)/.test(reason);
}
