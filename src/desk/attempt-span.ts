import { failSpan, trace, untraced } from '../tracing/trace.js';
import { type DeskAnswer } from './answer.js';
import { DeskAttemptError } from './http-client.js';

/** A call's wait for its turn. The queue serves all in one loop, which belongs to none of them. */
export function traceTurn<T>(command: string, enter: () => Promise<T>): Promise<T> {
  const attributes = { 'desk.command': command };
  return trace('desk.queue', { attributes }, () => untraced(enter));
}

/** One call. Nothing of the trace is sent with it: whom we serve is no business of the desk's. */
export function traceCall<Answer>(
  command: string,
  isResigned: boolean,
  call: () => Promise<DeskAnswer<Answer>>,
): Promise<DeskAnswer<Answer>> {
  const attributes = { 'peer.service': 'tencent-cloud-desk', 'desk.command': command, 'desk.resigned': isResigned };
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
