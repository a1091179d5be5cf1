import { validateSync } from 'class-validator';
import { LRUCache } from 'lru-cache';
import { type InputFault, ProblemError } from '../problem/problem.js';
import { readableQuery } from './request-target.js';

/** Plain decimals without leading zeros; anything else stays text and fails the field's own rule. */
const CANONICAL_NUMBER = /^(?:0|[1-9]\d{0,15})$/;
/** The first faults only: a query of 16 KB can have thousands (docs/api.md). */
const MAX_FAULTS = 20;
const UNKNOWN_PARAMETER = 'is not a parameter of this resource';

/** The parameter names of a resource. */
export type Parameters = Readonly<Record<string, 'text' | 'number'>>;

/**
 * Copies the query's parameters into `input`, whose class has the rules and whose fields are the defaults.
 * @throws ProblemError `invalid-request` with the first faults of the whole input
 */
export function readInput<T extends object>(input: T, query: string, parameters: Parameters): T {
  const faults = fillInput(input, query, parameters);
  if (faults.length > 0) throw invalidRequest(faults);
  return input;
}

/** The same, but returns the faults. */
export function fillInput(input: object, query: string, parameters: Parameters): InputFault[] {
  const faults: InputFault[] = [];
  for (const [name, value] of valuesIn(query)) {
    const kind = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (kind === undefined) faults.push({ field: name, message: UNKNOWN_PARAMETER });
    else if (value === undefined) faults.push({ field: name, message: 'must be given once' });
    else Object.assign(input, { [name]: toParameter(value, kind) });
  }
  for (const { property, constraints } of validateSync(input, { stopAtFirstError: true })) {
    faults.push({ field: property, message: Object.values(constraints ?? {}).join('; ') });
  }
  return faults;
}

/** Conflicts between parameters; only those that have no fault of their own can conflict. */
export function withConflicts(faults: readonly InputFault[], conflicts: readonly InputFault[]): InputFault[] {
  const faulty = new Set(faults.map(({ field }) => field));
  return [...faults, ...(faulty.has('format') ? [] : conflicts.filter(({ field }) => !faulty.has(field)))];
}

export function toParameter(text: string, kind: 'text' | 'number'): string | number {
  return kind === 'number' && CANONICAL_NUMBER.test(text) ? Number(text) : text;
}

/** @throws ProblemError `invalid-request` if a resource without parameters gets one */
export function refuseParameters(query: string): void {
  const faults = [...valuesIn(query).keys()].map((field) => ({ field, message: UNKNOWN_PARAMETER }));
  if (faults.length > 0) throw invalidRequest(faults);
}

export function invalidRequest(faults: readonly InputFault[]): ProblemError {
  const listed = faults.length > MAX_FAULTS ? `the first ${MAX_FAULTS}` : 'them';
  const detail = `The request has faults; \`errors\` lists ${listed}.`;
  return new ProblemError('invalid-request', { detail, errors: faults.slice(0, MAX_FAULTS) });
}

/** Each name with its value, undefined if it has several; one pass. */
function valuesIn(query: string): Map<string, string | undefined> {
  const values = new Map<string, string | undefined>();
  // URLSearchParams drops one leading `?`, which here would be part of a parameter's name.
  for (const [name, value] of new URLSearchParams(`&${readableQuery(query)}`)) {
    values.set(name, values.has(name) ? undefined : value);
  }
  return values;
}

/** No useful query is longer, however it is encoded. */
const MAX_USUAL_LENGTH = 200;

/** Query strings that were found valid, with their parsed form: dashboards send the same few over and over. */
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

/** Whether the query of a request that is refused for another reason is parsed for the audit line. */
export function isUsualQuery(query: string): boolean {
  return query.length <= MAX_USUAL_LENGTH;
}
