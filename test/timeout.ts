import { jest } from '@jest/globals';

// Not a matter of speed: a machine under load may take long to start three processes and a Redis, and the longest unit
// tests take most of Jest's own 5 s there.
jest.setTimeout(60_000);
