import { IsInt, IsOptional, Max, Min } from 'class-validator';

/** The bounds of `limit` and `offset` of every resource that has pages (docs/api.md). */
export const MAX_LIMIT = 100;
export const DEFAULT_LIMIT = 20;
export const MAX_OFFSET = 2147483647;

export const IsLimit = () => IsOptionalInteger(1, MAX_LIMIT);
/** Also for positions, which are offsets from the oldest message. */
export const IsOffset = () => IsOptionalInteger(0, MAX_OFFSET);

function IsOptionalInteger(min: number, max: number): PropertyDecorator {
  const message = `must be an integer from ${min} to ${max}`;
  return (target, name) => {
    for (const rule of [IsOptional(), Max(max, { message }), Min(min, { message }), IsInt({ message })])
      rule(target, name);
  };
}
