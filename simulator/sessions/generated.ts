import { Session } from '../session.js';
import { Chance } from './chance.js';
import { talk } from './talk.js';
import { type WireMessage } from './wire.js';

const NEW_YEAR_2025 = Date.UTC(2025, 0, 1);
const LONG_SESSION_START = Date.UTC(2024, 10, 4, 9);

/** Sessions made from their id, so that a load test may ask for any number of them. */
export function isGeneratedId(id: string): boolean {
  return /^load-\d+$/.test(id) || /^session-\d{4}$/.test(id);
}

export function generatedSession(id: string): Session {
  const chance = new Chance(id);
  const start = NEW_YEAR_2025 + chance.between(0, 180 * 24 * 3600) * 1000;
  return new Session(conversation(chance, chance.between(20, 300), start, `customer_${id}`));
}

/** Longer than any page, any block and any few of them. */
export function longSession(): Session {
  return new Session(conversation(new Chance('long-session'), 1234, LONG_SESSION_START, '447700900123'));
}

function conversation(chance: Chance, length: number, start: number, customer: string): WireMessage[] {
  let at = start;
  return Array.from({ length }, () => {
    // About one message in twelve has the same millisecond as the one before: bots send in bursts.
    if (chance.between(1, 12) > 1) at += chance.between(800, 90_000);
    return talk(chance, customer, at);
  });
}
