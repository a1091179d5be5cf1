import { jest } from '@jest/globals';

// Not a matter of speed: a machine under load may take its time to start three processes and a Redis.
jest.setTimeout(60_000);
