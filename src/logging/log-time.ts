let at = 0;
let text = '';

/** The time as pino wants it in a line. Made once a millisecond: it is a third of what a line costs. */
export function logTime(): string {
  const now = Date.now();
  if (now !== at) {
    at = now;
    text = `,"time":"${new Date(now).toISOString()}"`;
  }
  return text;
}
