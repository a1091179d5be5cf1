/** What `limit` and `offset` may be, of every resource that has pages (contract). */
export const MAX_LIMIT = 100;
export const MAX_OFFSET = 2147483647;
export const LIMIT_RULE = `must be an integer from 1 to ${MAX_LIMIT}`;
export const OFFSET_RULE = `must be an integer from 0 to ${MAX_OFFSET}`;
