export type Outcome = 'hit' | 'stale' | 'miss' | 'collapsed' | 'bypass';
export type Level = 'memory' | 'redis' | 'none';

/** What a query gets of a cached state, and how fresh that is. */
export interface View {
  /** The ordinary freshness lifetime, and the age within it: what clients are told. */
  readonly lifetimeMs: number;
  readonly ageMs: number;
  /** Remaining freshness here, reported changes included; negative once stale. */
  readonly remainingMs: number;
}

/** A view, and how the cache came by it (terms of RFC 9211). */
export interface Result<V extends View> {
  readonly view: V;
  readonly outcome: Outcome;
  readonly level: Level;
  /** Why the desk was called: the request wanted it, nothing was held, or what was held is stale. */
  readonly forwarded: 'request' | 'miss' | 'stale' | undefined;
  readonly isStored: boolean;
  readonly isCollapsed: boolean;
}
