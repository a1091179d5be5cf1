import { LRUCache } from 'lru-cache';

/** No request needs a longer query, however it is encoded; only padding makes it longer. */
const MAX_USUAL_LENGTH = 200;

/** Query strings that proved valid, and what they ask for: dashboards send the same few over and over. */
export class ValidQueries<T extends object> {
  private readonly held = new LRUCache<string, T>({
    max: 1000,
    maxEntrySize: MAX_USUAL_LENGTH,
    sizeCalculation: (_value, query) => query.length + 1,
  });

  get(query: string): T | undefined {
    return this.held.get(query);
  }

  keep(query: string, value: T): T {
    this.held.set(query, value);
    return value;
  }
}

/** Whether a query that is refused for another reason is worth reading for the audit. */
export function isUsualQuery(query: string): boolean {
  return query.length <= MAX_USUAL_LENGTH;
}
