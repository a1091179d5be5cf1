import { failSpan, trace, untraced } from '../tracing/trace.js';
import { type DeskAnswer } from './answer.js';
import { DeskAttemptError } from './http-client.js';

/**
 * The time a call waits in the queue. A span of its own, since the queue serves all calls in one loop outside of their
 * traces.
 */
export function traceTurn<T>(command: string, enter: () => Promise<T>): Promise<T> {
  const attributes = { 'desk.command': command };
  return trace('desk.queue', { attributes }, () => untraced(enter));
}

/** One call. No trace header is sent to the desk: it is a third party. */
export function traceCall<Answer>(
  command: string,
  isReSigned: boolean,
  call: () => Promise<DeskAnswer<Answer>>,
): Promise<DeskAnswer<Answer>> {
  const attributes = { 'peer.service': 'tencent-cloud-desk', 'desk.command': command, 'desk.re_signed': isReSigned };
  return trace(`desk ${command}`, { isCall: true, attributes }, async (span) => {
    if (span === undefined) return call();
    try {
      const result = await call();
      span.setAttribute('desk.code', String(result.code));
      if (result.answer === null) failSpan(span, String(result.code));
      return result;
    } catch (error) {
      if (error instanceof DeskAttemptError) span.setAttribute('desk.code', error.kind);
      throw error;
    }
  });
}
