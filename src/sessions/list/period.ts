/** Unix seconds; both ends belong to it, as the desk reads them. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

const DAY_SECONDS = 86_400;
/** The last second of the year 9999: RFC 3339 has four digits for a year. */
const LAST_SECOND = 253_402_300_799;

/** RFC 3339 §5.6. A blank stands where a `+` was not encoded: in a query it means a blank. */
const DATE_TIME = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+ -]\d\d:\d\d)$/i;

/** Whole seconds; undefined for what is no date-time of the years 1970 to 9999. */
export function parseDateTime(text: string): number | undefined {
  const [, date = '', time = '', zone = ''] = DATE_TIME.exec(text) ?? [];
  if (date === '' || !isCalendarDate(date)) return undefined;
  const seconds = Date.parse(`${date}T${time}${zone.replace(' ', '+').toUpperCase()}`) / 1000;
  return seconds >= 0 && seconds <= LAST_SECOND ? seconds : undefined;
}

/** The 24 h up to the last second of the current minute, so that all who ask in a minute ask for the same. */
export function defaultPeriod(nowMs: number): Period {
  const to = Math.floor(nowMs / 60_000) * 60 + 59;
  return { from: to - DAY_SECONDS, to };
}

/** With one end given, the other is 24 h away from it; undefined where neither is. */
export function periodOf(from: number | undefined, to: number | undefined): Period | undefined {
  if (from !== undefined) return { from, to: to ?? Math.min(from + DAY_SECONDS, LAST_SECOND) };
  return to === undefined ? undefined : { from: Math.max(to - DAY_SECONDS, 0), to };
}

/** `Date.parse` takes 30 February for 1 March. */
function isCalendarDate(date: string): boolean {
  const ms = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date);
}
