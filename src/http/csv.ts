import { stringify } from 'csv-stringify/sync';

export type CsvRow = readonly (string | number | null)[];

const LINE_BREAK = /[\r\n]/;
const BYTE_ORDER_MARK = '\ufeff';

/** A byte order mark, without which Excel does not read the file as UTF-8, and the column names. */
export function csvHead(columns: readonly string[]): Buffer {
  return Buffer.concat([Buffer.from(BYTE_ORDER_MARK), csvLines([columns])]);
}

/** RFC 4180. Cells are text from customers: one that a spreadsheet would run as a formula gets a leading quote (OWASP). */
export function csvLines(rows: readonly CsvRow[]): Buffer {
  const text = stringify([...rows], {
    record_delimiter: 'windows',
    escape_formulas: true,
    // The library quotes only cells with a whole CRLF; RFC 4180 requires it for CR or LF alone.
    quoted_match: LINE_BREAK,
    cast: { string: withoutLeadingLineFeed },
  });
  return Buffer.from(text);
}

/** A line feed also starts a formula in some spreadsheets; the library does not escape it. */
function withoutLeadingLineFeed(value: string): string {
  return value.startsWith('\n') ? `'${value}` : value;
}
