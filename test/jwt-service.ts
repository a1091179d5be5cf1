import { type Issuer, jwtEnvironment, makeKey, type SigningKey, startIssuer } from './auth-issuer.js';
import { type SimulatedService, startSimulated } from './simulated-service.js';

export interface JwtService extends SimulatedService {
  readonly issuer: Issuer;
  /** The first of the issuer's keys. */
  readonly key: SigningKey;
}

/** A service with AUTH_MODE=jwt, and its issuer. */
export async function startJwtService(
  settings: Readonly<Record<string, string>> = {},
  prepare: (issuer: Issuer, key: SigningKey) => Promise<void> | void = (issuer, key) => {
    issuer.publish(key);
  },
): Promise<JwtService> {
  const [issuer, key] = await Promise.all([startIssuer(), makeKey('one')]);
  await prepare(issuer, key);
  const simulated = await startSimulated({ ...jwtEnvironment(issuer), ...settings });
  const stop = async () => {
    await simulated.stop();
    await issuer.close();
  };
  return { ...simulated, issuer, key, stop };
}
