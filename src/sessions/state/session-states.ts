import { Cache, type CacheOptions } from '../../cache/cache.js';
import { type KeyedValue, type KeyedView, keyedValues } from '../../cache/keyed-value.js';
import { getSessionState } from '../../desk/commands/get-session-state.js';
import { type Desk } from '../../desk/desk.js';
import { decodeSessionState, encodeSessionState, type SessionState, sessionStateOf } from './session-state.js';

type StateValue = KeyedValue<SessionState>;

/** Who serves each session now. A state may change at any moment, so it gets the minimum of freshness. */
export class SessionStates extends Cache<void, StateValue, StateValue, KeyedView<SessionState>> {
  constructor(options: CacheOptions & { readonly desk: Pick<Desk, 'call'> }) {
    const { desk, policy, now } = options;
    super(
      keyedValues({
        policy,
        fetch: async (sessionId, _query, callOptions) => {
          const { answer, askedAt } = await desk.call(getSessionState, { sessionId }, callOptions);
          return { value: sessionStateOf(sessionId, answer), askedAt };
        },
        lifetimeMs: () => policy.freshMinMs,
        encode: encodeSessionState,
        decode: decodeSessionState,
        byteLength: ({ id }) => id.length + 100,
        now,
      }),
      options,
    );
  }
}
