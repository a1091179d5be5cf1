import { ControlError } from './control-error.js';
import { type ControlRequest } from './control-routes.js';
import { isList } from './json-object.js';
import { EMPTY_PAGES } from './session.js';
import { type Simulation } from './simulation.js';

export function readRecords({ records }: Simulation, { query }: ControlRequest): unknown {
  const all = records.all();
  const { claimedTotal, emptyPage } = records;
  const summary = { total: all.length, totalCount: claimedTotal ?? null, emptyPage };
  return query.has('records') ? { ...summary, records: all } : summary;
}

/**
 * Sets other records than those of the desk's own sessions, or wrong totals; what a body leaves out stays unchanged.
 */
export function replaceRecords(simulation: Simulation, request: ControlRequest): unknown {
  const { records: given, totalCount, emptyPage } = request.body;
  const empty = EMPTY_PAGES.find((known) => known === emptyPage);
  if (given !== undefined && !isList(given)) throw new ControlError('records: must be a list of records in wire shape');
  if (emptyPage !== undefined && !empty) throw new ControlError(`emptyPage: one of ${EMPTY_PAGES.join(', ')}`);
  if (totalCount !== undefined && totalCount !== null && typeof totalCount !== 'number') {
    throw new ControlError('totalCount: must be a number, or null for the truth');
  }
  const { records } = simulation;
  if (given) records.set(given);
  if (empty) records.emptyPage = empty;
  if (totalCount !== undefined) records.claimedTotal = totalCount ?? undefined;
  return readRecords(simulation, request);
}
