import { jest } from '@jest/globals';

// Three replicas keep their promises while Redis answers within 100 ms, which a starved machine may not allow; units run
// beside them. In CI there are up to three attempts: the reason for each repetition is logged, and a real fault fails all.
if (process.env['CI'] === 'true') jest.retryTimes(2, { logErrorsBeforeRetry: true });
