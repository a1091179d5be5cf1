export type Outcome = 'hit' | 'stale' | 'miss' | 'collapsed' | 'bypass';
export type Level = 'memory' | 'redis' | 'none';

/** What a query gets to see of a cached state, and how fresh that is. */
export interface View {
  /** The whole freshness lifetime, and what is left of it: negative once stale. */
  readonly lifetimeMs: number;
  readonly remainingMs: number;
}

/** A view, and how the cache came by it (RFC 9211 has the terms). */
export interface Result<V extends View> {
  readonly view: V;
  readonly outcome: Outcome;
  readonly level: Level;
  /** Whether the desk was asked because the caller wanted so, because nothing was held, or because it was stale. */
  readonly forwarded: 'request' | 'miss' | 'stale' | undefined;
  readonly isStored: boolean;
  readonly isCollapsed: boolean;
}
