import { jest } from '@jest/globals';

// Not a matter of speed: a machine under load may take long to start three processes and a Redis.
jest.setTimeout(60_000);

// Three replicas keep their promises while Redis answers within 100 ms, which a starved machine may not allow. A second
// attempt is logged with the reason for the first; a real fault fails both.
if (process.env['CI'] === 'true') jest.retryTimes(2, { logErrorsBeforeRetry: true });
