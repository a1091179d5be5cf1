import type { components } from '../desk-bff.js';

type Schemas = components['schemas'];
export type Message = Schemas['Message'];
export type Session = Schemas['Session'];

/** `before` this position, which is beyond the end of any session, are the newest messages. */
const NEWEST = 2 ** 31 - 1;
const PAGE = 50;

/** A failed request: the problem that the service answered, or status 0 if it could not be reached. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    detail: string,
    readonly requestId: string | undefined,
    /** Seconds after which a request may succeed (Retry-After). */
    readonly retryAfter: number | undefined,
  ) {
    super(detail);
  }

  /** Whether the same request may succeed later. */
  get isTemporary(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** desk-bff, as a browser of another origin uses it. */
export class Service {
  /** Kept in memory only: a reload forgets it. */
  key = '';

  constructor(
    private readonly url: string,
    private readonly onUnauthorized: () => void,
  ) {}

  address(path: string): string {
    return this.url + path;
  }

  sessions(query: URLSearchParams, signal: AbortSignal): Promise<Schemas['SessionsPage']> {
    return this.read(`/sessions?${query.toString()}`, signal);
  }

  runningSessions(): Promise<Schemas['RunningSessions']> {
    return this.read('/running-sessions');
  }

  state(id: string, signal: AbortSignal): Promise<Schemas['SessionState']> {
    return this.read(pathOf(id), signal);
  }

  messages(id: string, signal: AbortSignal, before = NEWEST): Promise<Schemas['MessagesPage']> {
    return this.read(`${pathOf(id)}/messages?before=${before}&limit=${PAGE}`, signal);
  }

  /** @throws Refusal */
  async ask(path: string, signal?: AbortSignal, headers: Record<string, string> = {}): Promise<Response> {
    const authorization = this.key === '' ? {} : { authorization: `Bearer ${this.key}` };
    const response = await fetch(this.address(path), {
      headers: { ...headers, ...authorization },
      // The browser revalidates its cached copy, so the service decides what is fresh: 304 if nothing changed.
      cache: 'no-cache',
      signal: signal ?? null,
    }).catch(refuse(signal));
    if (response.ok) return response;
    if (response.status === 401) this.onUnauthorized();
    throw await refusalOf(response);
  }

  private async read<Body>(path: string, signal?: AbortSignal): Promise<Body> {
    // The only unchecked cast: the service's own tests compare its answers with openapi.json.
    const response = await this.ask(path, signal);
    return (await response.json().catch(refuse(signal))) as Body;
  }
}

export function pathOf(id: string): string {
  return `/sessions/${encodeURIComponent(id)}`;
}

/** Turns an error of the network into a Refusal; passes on an abort by the page itself. */
export function refuse(signal?: AbortSignal): (error: unknown) => never {
  return (error) => {
    if (signal?.aborted === true) throw error;
    throw new Refusal(0, 'No connection', 'The service cannot be reached.', undefined, undefined);
  };
}

async function refusalOf(response: Response): Promise<Refusal> {
  const wait = response.headers.get('retry-after');
  const retryAfter = wait === null ? undefined : Number(wait);
  if (response.headers.get('content-type')?.startsWith('application/problem+json') !== true)
    return new Refusal(response.status, 'No answer of the service', response.statusText, undefined, retryAfter);
  const { title, detail, errors = [], requestId } = (await response.json()) as Schemas['Problem'];
  const text = [detail, ...errors.map(({ field, message }) => `${field} ${message}`)].join(' · ');
  return new Refusal(response.status, title, text, requestId, retryAfter);
}
