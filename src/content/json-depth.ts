/**
 * JSON.parse reads any nesting, JSON.stringify overflows the stack at some 4,000 levels: one hostile message would make
 * its page unservable. Real messages have a handful of levels.
 */
export const MAX_DEPTH = 1000;

/** The value itself; where it is nested too deep to be written again, what lies deeper becomes its own JSON text. */
export function withinDepth(value: unknown): unknown {
  return isDeeper(value, MAX_DEPTH) ? fold(value, MAX_DEPTH) : value;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((child) => isDeeper(child, levels - 1));
  // Object.values of a large object costs more than all the rest of its way here.
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

/** What is still to be written: text as it is, or a value before whose text `text` goes. */
interface Piece {
  readonly text: string;
  readonly value?: unknown;
}

/** JSON.stringify without recursion. */
function jsonText(root: unknown): string {
  const written: string[] = [];
  const todo: Piece[] = [{ text: '', value: root }];
  for (let piece = todo.pop(); piece !== undefined; piece = todo.pop()) {
    written.push(piece.text);
    if (!('value' in piece)) continue;
    if (typeof piece.value !== 'object' || piece.value === null) written.push(JSON.stringify(piece.value));
    else for (const next of piecesOf(piece.value).reverse()) todo.push(next);
  }
  return written.join('');
}

function piecesOf(node: object): Piece[] {
  const isArray = Array.isArray(node);
  const children = Object.entries(node).map(([key, value]: [string, unknown], index) => {
    const comma = index === 0 ? '' : ',';
    return { text: isArray ? comma : `${comma}${JSON.stringify(key)}:`, value };
  });
  return [{ text: isArray ? '[' : '{' }, ...children, { text: isArray ? ']' : '}' }];
}
