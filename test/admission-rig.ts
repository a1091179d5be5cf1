import { AdmissionControl } from '../src/desk/admission/admission.js';
import { CoolDown } from '../src/desk/admission/cool-down.js';
import { CredentialBackOff } from '../src/desk/admission/credential-back-off.js';
import { Quota } from '../src/desk/admission/quota.js';
import { type Clock } from '../src/clock.js';
import { RedisLink } from '../src/redis/redis-link.js';

export interface AdmissionOptions {
  readonly maxRps: number;
  readonly now: Clock;
  readonly random?: () => number;
  readonly minMs?: number;
  /** The cool-down for all. */
  readonly coolDown?: CoolDown;
}

/** A cool-down of one replica, by itself. */
export function coolDownOf({ minMs = 1000, maxMs = 60_000, now }: { minMs?: number; maxMs?: number; now: Clock }) {
  const redis = new RedisLink(undefined);
  return new CoolDown({ redis, key: 'cooldown', minMs, maxMs, halfOpenKey: 'half-open', halfOpenMs: 4500, now });
}

/** The admission of one replica: a cool-down for all, and one for each command. */
export function admissionControl({
  maxRps,
  now,
  random = () => 0,
  minMs = 1000,
  coolDown = coolDownOf({ minMs, now }),
}: AdmissionOptions): AdmissionControl {
  const redis = new RedisLink(undefined);
  const ofCommands = new Map<string, CoolDown>();
  return new AdmissionControl({
    quota: new Quota(redis, 'desk', maxRps, now),
    coolDown,
    coolDownOf: (command) => {
      const ofCommand = ofCommands.get(command) ?? coolDownOf({ minMs, now });
      ofCommands.set(command, ofCommand);
      return ofCommand;
    },
    credentials: new CredentialBackOff(redis, 'desk', now),
    random,
  });
}
