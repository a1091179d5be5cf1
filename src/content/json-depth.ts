/**
 * JSON.parse accepts any nesting, but JSON.stringify overflows the stack at about 4,000 levels: one hostile message would
 * make its page fail. Real messages have only a few levels.
 */
export const MAX_DEPTH = 1000;

/** The value; if it is nested too deep for JSON.stringify, deeper values are replaced by their JSON text. */
export function withinDepth(value: unknown): unknown {
  return isDeeper(value, MAX_DEPTH) ? fold(value, MAX_DEPTH) : value;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((child) => isDeeper(child, levels - 1));
  // for…in: Object.values is much slower for a large object.
  for (const key in value) if (isDeeper(Reflect.get(value, key), levels - 1)) return true;
  return false;
}

function fold(value: unknown, levels: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return jsonText(value);
  if (Array.isArray(value)) return value.map((child) => fold(child, levels - 1));
  // fromEntries defines its keys, so an own `__proto__` stays a key like any other.
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, fold(child, levels - 1)]));
}

/** What is still to be written: `text`, then `value` if there is one. */
interface Fragment {
  readonly text: string;
  readonly value?: unknown;
}

/** JSON.stringify without recursion. */
function jsonText(root: unknown): string {
  const written: string[] = [];
  const todo: Fragment[] = [{ text: '', value: root }];
  for (let fragment = todo.pop(); fragment !== undefined; fragment = todo.pop()) {
    written.push(fragment.text);
    if (!('value' in fragment)) continue;
    if (typeof fragment.value !== 'object' || fragment.value === null) written.push(JSON.stringify(fragment.value));
    else for (const next of fragmentsOf(fragment.value).reverse()) todo.push(next);
  }
  return written.join('');
}

function fragmentsOf(node: object): Fragment[] {
  const isArray = Array.isArray(node);
  const children = Object.entries(node).map(([key, value]: [string, unknown], index) => {
    const comma = index === 0 ? '' : ',';
    return { text: isArray ? comma : `${comma}${JSON.stringify(key)}:`, value };
  });
  return [{ text: isArray ? '[' : '{' }, ...children, { text: isArray ? ']' : '}' }];
}
