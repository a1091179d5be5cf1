import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';
import { logTime } from './log-destination.js';
import { currentContext } from './request-context.js';

export function createLogger(level: string, destination: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: logTime,
      serializers: { err: serializeError },
      mixin: () => {
        const context = currentContext();
        if (context === undefined) return {};
        const { requestId, traceId } = context;
        return traceId === undefined ? { requestId } : { requestId, traceId };
      },
    },
    destination,
  );
}

/** Type, message, stack and causes. No other fields of the error: libraries put URLs and bodies there. */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const { type, message, stack } = stdSerializers.err(error);
  const cause = error.cause instanceof Error ? { cause: serializeError(error.cause) } : {};
  return { type, message, stack: stack.split('\n').slice(0, 12).join('\n'), ...cause };
}
