export type Outcome = 'hit' | 'stale' | 'miss' | 'collapsed' | 'bypass';
export type Level = 'memory' | 'redis' | 'none';

/** What a query gets to see of a cached state, and how fresh that is. */
export interface View {
  /** The ordinary freshness lifetime, and how much of it is over: what clients are told. */
  readonly lifetimeMs: number;
  readonly ageMs: number;
  /** For how long it is fresh here, with what is known of changes; negative once stale. */
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
