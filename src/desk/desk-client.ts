import { randomInt } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type HttpService } from '@nestjs/axios';
import { MAX_BODY_BYTES } from './answer-bounds.js';
import { type DeskAnswer, readDeskAnswer } from './desk-answer.js';

/** What is asked: the desk's own words (API page, "Request Packet Fields"); Order 1 is oldest first, 2 newest first. */
export interface DeskQuestion {
  readonly sessionId: string;
  readonly limit: number;
  readonly offset: number;
  readonly order: 'asc' | 'desc';
}

/** Why one attempt brought no answer. `status` is the HTTP status where one came that was not 200. */
export class DeskAttemptError extends Error {
  override readonly name = 'DeskAttemptError';

  constructor(
    readonly kind: 'timeout' | 'network' | 'broken',
    readonly status?: number,
    /** The system's or TLS's word for it, such as ECONNRESET. Never the AxiosError itself: it holds the URL. */
    readonly reason?: string,
  ) {
    super(`the desk gave no answer: ${[kind, status, reason].filter((part) => part !== undefined).join(' ')}`);
  }

  /** Time-outs, broken bodies, resets and HTTP 5xx; who can't be found, refuses or is not who he claims to be stays so. */
  get mayPass(): boolean {
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

const PATH = 'v4/desk_http_svc/describe_chat_messages';
/** Beyond this, reading an answer takes long enough to be felt by others. */
const LARGE_BYTES = 256 * 1024;
const RANDOM_END = 2 ** 32;

/** The one call: POST with the signature in the URL, always HTTP 200, the truth in ErrorCode. One attempt, no policy. */
export class DeskClient {
  private readonly url: string;

  constructor(
    private readonly http: HttpService,
    private readonly address: DeskAddress,
  ) {
    this.url = new URL(PATH, address.baseUrl.endsWith('/') ? address.baseUrl : `${address.baseUrl}/`).href;
  }

  /** @throws DeskAttemptError where no well-formed answer came before `signal` aborted. */
  async ask(question: DeskQuestion, userSig: string, signal: AbortSignal): Promise<DeskAnswer> {
    const response = await this.post(question, userSig, signal);
    if (response.status !== 200) throw new DeskAttemptError('network', response.status);
    const { data } = response;
    const answer = readDeskAnswer(data.toString('utf8'), question.limit);
    if (answer === undefined) throw new DeskAttemptError('broken');
    // Rendering it takes as long once more: others have their turn first.
    if (data.length > LARGE_BYTES) await nextTurn();
    return answer;
  }

  private async post({ sessionId, limit, offset, order }: DeskQuestion, userSig: string, signal: AbortSignal) {
    try {
      return await this.http.axiosRef.post<Buffer>(
        this.url,
        { SessionId: sessionId, Limit: limit, Offset: offset, Order: order === 'asc' ? 1 : 2 },
        {
          params: {
            sdkappid: this.address.sdkAppId,
            identifier: this.address.identifier,
            usersig: userSig,
            random: randomInt(RANDOM_END),
            contenttype: 'json',
          },
          responseType: 'arraybuffer',
          maxContentLength: MAX_BODY_BYTES,
          maxRedirects: 0,
          proxy: false,
          signal,
          validateStatus: null,
        },
      );
    } catch (error) {
      throw attemptError(error, signal);
    }
  }
}

/** Keeps the code of an AxiosError and nothing else: its config, request and even its `toJSON` hold the UserSig. */
function attemptError(error: unknown, signal: AbortSignal): DeskAttemptError {
  if (signal.aborted) return new DeskAttemptError('timeout');
  const reason = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  // axios has one code for two things: a body cut short has a response, one over maxContentLength has none.
  const isCutShort = reason === 'ERR_BAD_RESPONSE' && error instanceof Error && 'response' in error && !!error.response;
  if (isCutShort || reason === 'ERR_STREAM_PREMATURE_CLOSE') {
    return new DeskAttemptError('network', undefined, 'ECONNRESET');
  }
  return new DeskAttemptError(isNoAnswerOfUse(reason) ? 'broken' : 'network', undefined, reason);
}

/** Something came: too large, not HTTP, or not what its Content-Encoding says. */
function isNoAnswerOfUse(reason = ''): boolean {
  return reason === 'ERR_BAD_RESPONSE' || /^(HPE_|Z_|ERR_BROTLI|ERR__ERROR_)/.test(reason);
}
