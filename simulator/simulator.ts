import { type Credentials, demoCredentials } from './credentials.js';
import { type Fault } from './fault.js';
import { type FaultScope } from './fault-plan.js';
import { addressOf, closeServer, listen } from './server.js';
import { type AnswerOrder, type EmptyPage, type Session } from './session.js';
import { Simulation } from './simulation.js';
import { GROWS_EVERY_MS } from './sessions/growing.js';
import { type DeskCall } from './traffic.js';
import { type SentWebhook, type WebhookFaults, type WebhookTarget } from './webhooks.js';

export interface SimulatorOptions extends Partial<Credentials> {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly host?: string;
  /** The clock for signatures, growth and records; the rate limit always uses real time. */
  readonly now?: () => number;
  /** The receiver of webhooks; none by default. */
  readonly webhook?: WebhookTarget;
}

/** A running desk and its controls. The endpoints under /simulator do the same for another process. */
export interface Simulator extends Credentials {
  readonly url: string;
  /** Every call since the last reset, oldest first: one list, emptied in place. */
  readonly calls: readonly DeskCall[];
  /** Every webhook since the last reset. */
  readonly webhooks: readonly SentWebhook[];
  readonly maxPerSecond: number;
  readonly maxInFlight: number;
  failNext(fault: Fault, scope?: FaultScope & { readonly times?: number }): void;
  faultUntilReset(fault: Fault, scope?: FaultScope): void;
  clearFaults(): void;
  /** 141009 beyond this many calls in any second; null removes the limit. */
  limit(rps: number | null): void;
  latency(ms: number): void;
  /** Every UserSig seen so far is refused with this code; a new one is accepted. */
  refuseSignatures(code?: number): void;
  /** Messages in wire format, oldest first; `total` is the TotalCount of answers. */
  setSession(id: string, messages: readonly unknown[], total?: number): void;
  append(id: string, ...messages: readonly unknown[]): void;
  remove(id: string): void;
  /** Drops all but the oldest `count` messages. */
  shrink(id: string, count: number): void;
  lieAboutTotal(id: string, total: number | null): void;
  answerInOrder(id: string, order: AnswerOrder): void;
  setState(id: string, currentState: string, agentId?: string): void;
  answerEmptyWith(id: string, empty: EmptyPage): void;
  /** Records in wire format, in the order of the list; `total` is the TotalCount of answers. */
  setRecords(records: readonly unknown[], total?: number): void;
  answerNoRecordsWith(empty: EmptyPage): void;
  /** Sends webhooks there from now on; undefined: nowhere. */
  webhookTo(target: WebhookTarget | undefined): void;
  /** Loses, repeats, delays and reorders webhooks, and lets records lag behind them. */
  setWebhookFaults(faults: Partial<WebhookFaults>): void;
  forgetCalls(): void;
  reset(): void;
  close(): Promise<void>;
}

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, host = '127.0.0.1', now = Date.now } = options;
  const credentials: Credentials = {
    sdkAppId: options.sdkAppId ?? demoCredentials.sdkAppId,
    secretKey: options.secretKey ?? demoCredentials.secretKey,
    identifier: options.identifier ?? demoCredentials.identifier,
  };
  const simulation = new Simulation(credentials, now, options.webhook);
  const server = await listen(simulation, host, port);
  const { sessions, records, traffic, faults, rateLimit, signatures, webhooks } = simulation;
  const growing = setInterval(() => {
    webhooks.notify('growing-session', []);
  }, GROWS_EVERY_MS).unref();

  const owned = (id: string): Session => {
    const session = sessions.own(id);
    if (!session) throw new Error(`the simulator has no session ${id}`);
    return session;
  };

  return {
    ...credentials,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${addressOf(server).port}`,
    calls: traffic.calls,
    webhooks: webhooks.sent,
    get maxPerSecond() {
      return traffic.maxPerSecond;
    },
    get maxInFlight() {
      return traffic.maxInFlight;
    },
    failNext: (fault, scope) => {
      faults.failNext(fault, scope);
    },
    faultUntilReset: (fault, scope) => {
      faults.untilReset(fault, scope);
    },
    clearFaults: () => {
      faults.clear();
    },
    limit: (rps) => {
      rateLimit.set(rps);
    },
    latency: (ms) => {
      simulation.latencyMs = ms;
    },
    refuseSignatures: (code = 70052) => {
      signatures.refuse(code);
    },
    setSession: (id, messages, total) => {
      sessions.set(id, messages).claimedTotal = total;
    },
    append: (id, ...messages) => {
      simulation.append(id, messages);
    },
    remove: (id) => {
      sessions.remove(id);
    },
    shrink: (id, count) => {
      owned(id).keepOldest(count, now());
    },
    lieAboutTotal: (id, total) => {
      owned(id).claimedTotal = total ?? undefined;
    },
    answerInOrder: (id, order) => {
      owned(id).answerOrder = order;
    },
    setState: (id, currentState, agentId = '') => {
      owned(id).state = { currentState, agentId };
      webhooks.notify(id);
    },
    answerEmptyWith: (id, empty) => {
      owned(id).emptyPage = empty;
    },
    setRecords: (list, total) => {
      records.set(list);
      records.claimedTotal = total;
    },
    answerNoRecordsWith: (empty) => {
      records.emptyPage = empty;
    },
    webhookTo: (target) => {
      webhooks.sendTo(target);
    },
    setWebhookFaults: (faults) => {
      webhooks.setFaults(faults);
    },
    forgetCalls: () => {
      traffic.reset();
    },
    reset: () => {
      simulation.reset();
    },
    close: () => {
      clearInterval(growing);
      webhooks.close();
      return closeServer(server);
    },
  };
}
