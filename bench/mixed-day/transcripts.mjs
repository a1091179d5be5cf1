import 'reflect-metadata';
import { setImmediate as settled } from 'node:timers/promises';
import { Test } from '@nestjs/testing';
import { AppModule } from '../../dist/app.module.js';
import { Desk } from '../../dist/desk/desk.js';
import { readEnvironment } from '../../dist/environment/read-environment.js';
import { Transcripts } from '../../dist/transcript/transcripts.js';

/**
 * The service's own cache, as it is built, in this process: only the desk behind it and the time are not real. A day
 * goes by as fast as it can be computed.
 */
export async function replayTranscripts({ requests }, desk, clock) {
  const realNow = Date.now;
  Date.now = () => clock.now;
  try {
    const transcripts = await createTranscripts(desk);
    for (const { at, sessionId, window } of requests) {
      clock.now = at;
      if (transcripts.peek(sessionId, window) !== undefined) continue;
      const { outcome } = await transcripts.read(sessionId, window);
      // A refresh behind a stale page ends at the moment it began.
      if (outcome === 'stale') await settled();
    }
  } finally {
    Date.now = realNow;
  }
}

async function createTranscripts(desk) {
  const environment = readEnvironment({
    DESK_SDK_APP_ID: '1400000000',
    DESK_SECRET_KEY: 'none is needed here',
    AUTH_MODE: 'none',
    LOG_LEVEL: 'silent',
  });
  const module = await Test.createTestingModule({ imports: [AppModule.with(environment)] })
    .overrideProvider(Desk)
    .useValue({ call: (_command, question) => Promise.resolve(replyTo(desk.ask(question))) })
    .compile();
  return module.get(Transcripts);
}

/** As the desk's own client replies: what the command read, and when it was asked. */
function replyTo({ askedAt, ...answer }) {
  return { answer, askedAt };
}
