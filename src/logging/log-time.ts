let at = 0;
let text = '';

/** The time field of a log line, as pino expects it. Formatted once a millisecond: it is expensive to format. */
export function logTime(): string {
  const now = Date.now();
  if (now !== at) {
    at = now;
    text = `,"time":"${new Date(now).toISOString()}"`;
  }
  return text;
}
