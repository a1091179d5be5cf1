import { describe, expect, it } from '@jest/globals';
import { EnvironmentError, readEnvironment } from './read-environment.js';

const base = { AUTH_MODE: 'none', DESK_SDK_APP_ID: '1400000000' };

function failWith(code: string) {
  return (path: string): string => {
    throw Object.assign(new Error(`${code}: no such file, open '${path}'`), { code });
  };
}

describe('a secret from a file', () => {
  it('is the content of the file, without the white space around it', () => {
    const read = (path: string): string => (path === '/run/secrets/desk' ? '\uFEFF \n the key \r\n' : '');
    const environment = readEnvironment({ ...base, DESK_SECRET_KEY_FILE: '/run/secrets/desk' }, read);
    expect(environment.deskSecretKey).toBe('the key');
  });

  it('is the fault of its variable if the file cannot be read, and the path is not repeated', () => {
    expect(() => readEnvironment({ ...base, DESK_SECRET_KEY_FILE: '/leak' }, failWith('EACCES'))).toThrow(
      new EnvironmentError(['DESK_SECRET_KEY: DESK_SECRET_KEY_FILE names a file that cannot be read (EACCES)']),
    );
  });

  it('is a fault if the file is empty, so that nothing runs without the configured encryption', () => {
    const source = { ...base, DESK_SECRET_KEY: 'x', CACHE_ENCRYPTION_KEY_FILE: '/empty' };
    expect(() => readEnvironment(source, () => ' \n')).toThrow('CACHE_ENCRYPTION_KEY_FILE names a file that is empty');
  });

  it('is not allowed together with the variable itself', () => {
    const source = { ...base, DESK_SECRET_KEY: 'x', DESK_SECRET_KEY_FILE: '/x' };
    expect(() => readEnvironment(source, () => 'y')).toThrow(
      'DESK_SECRET_KEY: is set, and so is DESK_SECRET_KEY_FILE: only one of them may be',
    );
  });

  it('is allowed together with an empty variable, which is unset', () => {
    const source = { ...base, DESK_SECRET_KEY: '', DESK_SECRET_KEY_FILE: '/x', API_KEYS_FILE: '' };
    expect(readEnvironment(source, () => 'y').deskSecretKey).toBe('y');
  });

  it('is not read for a variable that is no secret', () => {
    const source = { ...base, DESK_SECRET_KEY: 'x', HOST_FILE: '/x' };
    expect(readEnvironment(source, failWith('ENOENT')).host).toBe('127.0.0.1');
  });
});
