/** The cost of parsing depends on the number of values: 4 MB may be one string or two million lists. */
export interface JsonSize {
  /** Values at every level; an empty list or object may count twice. */
  readonly values: number;
  /** How deep lists and objects are nested. */
  readonly levels: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Counts in one pass, without parsing. The result for invalid JSON is arbitrary; JSON.parse rejects that anyway. */
export function jsonSize(text: string): JsonSize {
  let values = 1;
  let levels = 0;
  let level = 0;
  let isInString = false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === QUOTE) isInString = !isInString;
    else if (isInString) {
      if (unit === BACKSLASH) i += 1;
    } else if (unit === COMMA) values += 1;
    else if (unit === OPEN_LIST || unit === OPEN_OBJECT) {
      values += 1;
      level += 1;
      if (level > levels) levels = level;
    } else if (unit === CLOSE_LIST || unit === CLOSE_OBJECT) level -= 1;
  }
  return { values, levels };
}
