import { type Clock } from '../clock.js';
import { type FreshnessPolicy } from '../transcript/freshness.js';
import { type Known, type WindowAnswer } from '../transcript/known.js';
import { type Block, type Log } from '../transcript/log.js';
import { windowKey } from '../transcript/window.js';
import { type Seal } from './seal.js';
import { type SessionKeys } from './session-keys.js';
import { encodeValue, type StoredHeader } from './stored-value.js';
import { type Findings } from './transcript-store.js';

export interface WriterOptions {
  readonly seal: Seal;
  readonly policy: FreshnessPolicy;
  readonly now: Clock;
  readonly random: () => number;
}

const NOTHING = Buffer.alloc(0);
const SHORTEST_MS = 2000;

/** Collects the keys and values of one write. Every key expires, with up to a tenth on top so that they don't all go at once. */
export class StoredWriter {
  readonly keys: string[] = [];
  readonly args: (string | number | Buffer)[] = [];

  constructor(
    private readonly names: SessionKeys,
    private readonly options: WriterOptions,
  ) {}

  add({ known, block, window, version }: Findings): void {
    if (known !== undefined) this.addKnown(known);
    if (block !== undefined) this.addBlock(block.log, block.key, block.block);
    if (window !== undefined) this.addWindow(window.epoch, window.answer);
    this.set(this.names.version, Buffer.from(version), this.jittered(this.headTtl(0)));
  }

  set(key: string, value: Buffer, ttlMs: number): void {
    this.keys.push(key);
    this.args.push(value, Math.max(1, Math.ceil(ttlMs)));
  }

  private addKnown(known: Known): void {
    switch (known.kind) {
      case 'log':
        this.addLog(known);
        return;
      case 'gone':
        this.put(this.names.head, {
          kind: 'gone',
          life: known.lifetimeMs,
          ...this.aged(known.askedAt, known.lifetimeMs),
        });
        return;
      case 'contradicted': {
        const rest = known.until - this.options.now();
        const life = known.until - known.askedAt;
        const aged = this.aged(known.askedAt, rest);
        this.put(this.names.head, { kind: 'contradicted', epoch: known.epoch, life, ...aged });
      }
    }
  }

  private addLog({ head, epoch, frame, proven }: Log): void {
    const aged = this.aged(head.askedAt, this.headTtl(head.lifetimeMs));
    const { total, lifetimeMs: life } = head;
    this.put(this.names.head, { kind: 'log', epoch, frame, total, proven, life, ...aged }, head.tail.encode());
  }

  /** Not the head with it: another replica may know a newer one by now. What a block proved goes beside. */
  private addBlock({ epoch, frame, proven, head }: Log, key: string, block: Block): void {
    if (proven)
      this.set(this.names.proof(epoch, frame), Buffer.from('1'), this.jittered(this.headTtl(head.lifetimeMs)));
    const aged = this.aged(block.askedAt, this.keptFor(block.lifetimeMs));
    const header: StoredHeader = { kind: 'block', first: block.first, life: block.lifetimeMs, ...aged };
    this.put(this.names.block(epoch, key), header, block.entries.encode());
  }

  private addWindow(epoch: string, answer: WindowAnswer): void {
    const aged = this.aged(answer.askedAt, this.keptFor(answer.lifetimeMs));
    const header: StoredHeader = { kind: 'window', total: answer.total, life: answer.lifetimeMs, ...aged };
    this.put(this.names.window(epoch, windowKey(answer.window)), header, answer.entries.encode());
  }

  private put(key: string, header: StoredHeader, payload: Buffer = NOTHING): void {
    this.set(key, encodeValue(key, header, payload, this.options.seal), header.ttl);
  }

  private aged(askedAt: number, ttlMs: number): { readonly ttl: number; readonly age: number } {
    const age = Math.max(0, Math.round(this.options.now() - askedAt));
    return { age, ttl: this.jittered(ttlMs) };
  }

  /** Those who wait for this have to find it, however short the configured times. */
  private jittered(ttlMs: number): number {
    return Math.ceil(Math.max(ttlMs, SHORTEST_MS) * (1 + this.options.random() / 10));
  }

  private keptFor(lifetimeMs: number): number {
    const { staleWhileRevalidateMs, staleIfErrorMs } = this.options.policy;
    return lifetimeMs + staleWhileRevalidateMs + staleIfErrorMs;
  }

  /** The head outlives its blocks: without it nobody knows where they belong. */
  private headTtl(lifetimeMs: number): number {
    return this.keptFor(Math.max(lifetimeMs, this.options.policy.sealedMs));
  }
}
