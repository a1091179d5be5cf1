import { type InputFault } from '../problem/problem.js';

/** `json` is a page; the others are files of the whole collection. */
export const FORMATS = ['json', 'ndjson', 'csv'] as const;
export type Format = (typeof FORMATS)[number];
export type FileFormat = Exclude<Format, 'json'>;

export const FORMAT_RULE = `must be one of ${FORMATS.join(', ')}`;

export const CONTENT_TYPES: Readonly<Record<FileFormat, string>> = {
  ndjson: 'application/x-ndjson',
  csv: 'text/csv; charset=utf-8; header=present',
};

/** A file is the whole collection: parameters of a page are not allowed with it. */
export function faultsOfFile(given: Readonly<Record<string, unknown>>): InputFault[] {
  const names = Object.keys(given).filter((name) => given[name] !== undefined);
  return names.map((field) => ({ field, message: 'does not go with a format that is a file' }));
}
