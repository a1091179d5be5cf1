import 'reflect-metadata';
import { setImmediate as settled } from 'node:timers/promises';
import { Test } from '@nestjs/testing';
import { AppModule } from '../../build/app.module.js';
import { CacheFactory } from '../../build/cache/cache-factory.js';
import { BackgroundTurns } from '../../build/desk/admission/background-turns.js';
import { describeChatMessages } from '../../build/desk/commands/describe-chat-messages.js';
import { Desk } from '../../build/desk/desk.js';
import { readEnvironment } from '../../build/environment/read-environment.js';
import { Transcripts } from '../../build/transcript/transcripts.js';

/**
 * The service's own cache, as built, in this process, with a simulated desk and clock, so that a day passes as fast as
 * it can be computed.
 * @param webhooks the webhooks that the service gets, in order of time: `{ at, sessionId }`; undefined without webhooks
 * @returns how many answers lacked a message that the desk showed at that time
 */
export async function replayTranscripts({ requests, sessions }, desk, clock, webhooks) {
  const realNow = Date.now;
  Date.now = () => clock.now;
  let lacking = 0;
  let next = 0;
  const module = await createModule(desk, webhooks !== undefined);
  const transcripts = module.get(Transcripts);
  const { changes } = module.get(CacheFactory);
  try {
    for (const { at, sessionId, window } of requests) {
      for (; next < (webhooks?.length ?? 0) && webhooks[next].at <= at; next++) {
        clock.now = webhooks[next].at;
        await changes.invalidate(webhooks[next].sessionId);
      }
      clock.now = at;
      const result =
        transcripts.peek(sessionId, window) ?? (await transcripts.read(sessionId, window, { noCache: false }));
      // A refresh behind a stale page ends at the time it began.
      if (result.outcome === 'stale') await settled();
      if (lacks(window, result.view.total, desk.totalOf(sessions.get(sessionId)))) lacking += 1;
    }
  } finally {
    Date.now = realNow;
    await module.close();
  }
  return lacking;
}

/** Newest first, any new message moves the window; oldest first, only one within it is missed. */
function lacks({ order, offset, limit }, shown, total) {
  return shown < total && (order === 'desc' || offset + limit > shown);
}

function createModule(desk, hasWebhook) {
  const environment = readEnvironment({
    DESK_SDK_APP_ID: '1400000000',
    DESK_SECRET_KEY: 'none is needed here',
    AUTH_MODE: 'none',
    LOG_LEVEL: 'silent',
    ...(hasWebhook ? { WEBHOOK_TOKENS: 'none is needed here' } : {}),
  });
  const call = (command, question) => {
    if (command !== describeChatMessages) throw new Error('the mixed day only reads messages');
    const { messages, total, askedAt } = desk.ask(question);
    return Promise.resolve({ answer: { messages, total }, askedAt });
  };
  return (
    Test.createTestingModule({ imports: [AppModule.with(environment)] })
      .overrideProvider(Desk)
      .useValue({ call })
      // Turns go by real time, of which this day has none: a refresh would come hours late.
      .overrideProvider(BackgroundTurns)
      .useValue({ take: () => Promise.resolve('turn') })
      .compile()
  );
}
