import { type Environment } from '../environment.js';

/** The longest cool-down, and time for the call after it to have its turn (contract). */
const COOL_DOWNS = 1.5;

/** How long a file goes without a call to the desk before it fails. */
export function filePatienceMs({ deskCooldownMaxMs }: Pick<Environment, 'deskCooldownMaxMs'>): number {
  return deskCooldownMaxMs * COOL_DOWNS;
}
