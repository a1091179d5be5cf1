import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import { unshared } from '../cache/unshared.js';

export type Encoding = 'identity' | 'gzip' | 'br';

/** One encoding of a representation, ready to be sent. */
export interface Variant {
  readonly encoding: Encoding;
  readonly body: Buffer;
  readonly etag: string;
}

/** The representation of a view: JSON bytes, and the value of `Link`. */
export interface Rendered {
  readonly body: Buffer;
  readonly link: string | undefined;
}

/** Smaller bodies are not worth compressing (docs/api.md, "Headers"). */
const MIN_COMPRESSED_BYTES = 1025;

const compress = {
  gzip: promisify(gzip),
  br: (body: Buffer) =>
    promisify(brotliCompress)(body, {
      // A request waits for it: level 5 is within a few per cent of 11 in size here, at a fiftieth of the time.
      params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
    }),
} as const;

/** The bytes of a page, made once for as long as its content is the same; each encoding has its own entity tag. */
export class Representation {
  readonly identity: Variant;
  readonly link: string | undefined;
  private readonly tag: string;
  private readonly variants = new Map<Encoding, Variant | Promise<Variant>>();
  private compressedBytes = 0;
  private dated: { readonly at: number; readonly text: string } | undefined;

  constructor(
    { body: rendered, link }: Rendered,
    /** Identifies the content: at another fingerprint the bytes are made again. */
    readonly fingerprint: string,
    private readonly onGrowth: (representation: Representation) => void,
  ) {
    const body = unshared(rendered);
    this.tag = createHash('sha256').update(body).digest('base64url').slice(0, 27);
    this.identity = { encoding: 'identity', body, etag: `"${this.tag}"` };
    this.link = link;
  }

  get byteLength(): number {
    return this.identity.body.length + this.compressedBytes;
  }

  /** Cached, since formatting an HTTP-date is expensive and it is mostly the same one. */
  lastModified(at: number): string {
    if (this.dated?.at !== at) this.dated = { at, text: new Date(at).toUTCString() };
    return this.dated.text;
  }

  /** The variant in this encoding, if it was made already. */
  madeVariant(encoding: Encoding): Variant | undefined {
    const variant = this.isPlain(encoding) ? this.identity : this.variants.get(encoding);
    return variant instanceof Promise ? undefined : variant;
  }

  /** The variant in this encoding; a promise only if it has to be made first. */
  variant(encoding: Encoding): Variant | Promise<Variant> {
    if (this.isPlain(encoding)) return this.identity;
    return this.variants.get(encoding) ?? this.make(encoding);
  }

  private isPlain(encoding: Encoding): encoding is 'identity' {
    return encoding === 'identity' || this.identity.body.length < MIN_COMPRESSED_BYTES;
  }

  private make(encoding: 'gzip' | 'br'): Promise<Variant> {
    const making = this.compressed(encoding);
    this.variants.set(encoding, making);
    return making;
  }

  private async compressed(encoding: 'gzip' | 'br'): Promise<Variant> {
    try {
      const body = unshared(await compress[encoding](this.identity.body));
      const variant = { encoding, body, etag: `"${this.tag}-${encoding}"` };
      this.variants.set(encoding, variant);
      this.compressedBytes += body.length;
      this.onGrowth(this);
      return variant;
    } catch (error) {
      // The next request tries again.
      this.variants.delete(encoding);
      throw error;
    }
  }
}

const OVERHEAD_BYTES = 500;

/** Representations already made, bounded in bytes. They are valid by fingerprint, not by age. */
export class RepresentationCache {
  private readonly held: LRUCache<string, Representation> | undefined;

  constructor(maxBytes: number) {
    this.held = maxBytes > 0 ? new LRUCache({ maxSize: maxBytes }) : undefined;
  }

  /** The held representation, or a new one if the fingerprint differs. */
  get(key: string, fingerprint: string, render: () => Rendered): Representation {
    const held = this.held?.get(key);
    if (held?.fingerprint === fingerprint) return held;
    const made = new Representation(render(), fingerprint, (grown) => {
      if (this.held?.peek(key) === grown) this.keep(key, grown);
    });
    this.keep(key, made);
    return made;
  }

  private keep(key: string, representation: Representation): void {
    this.held?.set(key, representation, { size: representation.byteLength + OVERHEAD_BYTES });
  }
}
