import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { EnvironmentError, environmentVariables, readEnvironment } from './read-environment.js';

const minimal = { AUTH_MODE: 'none', DESK_SDK_APP_ID: '1400000000', DESK_SECRET_KEY: 'the-secret-key' };

const page = readFileSync('docs/configuration.md', 'utf8');
/** The first two cells of each row: the variables, and their defaults. */
const rows = [...page.matchAll(/^\| (`.*?) +\| (.*?) *\|/gm)].map(([, names = '', defaults = '']) => ({
  names: [...names.matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => name),
  hasFile: names.endsWith(' or `…_FILE`'),
  defaults,
}));

describe('the tables of docs/configuration.md', () => {
  it('names every variable that is read, and no other', () => {
    const named = rows.flatMap(({ names, hasFile }) => [
      ...names,
      ...(hasFile ? names.map((name) => `${name}_FILE`) : []),
    ]);
    expect(named).toEqual(environmentVariables);
  });

  it('says "required" for exactly the variables without which nothing starts', () => {
    const required = rows.filter(({ defaults }) => defaults.startsWith('required')).flatMap(({ names }) => names);
    expect(() => readEnvironment({})).toThrow(new EnvironmentError(required.map((name) => `${name}: is required`)));
  });

  const withDefault = rows.filter(({ defaults }) => !/^(required|unset|$)/.test(defaults));

  it.each(withDefault)('tells the default of $names', ({ names, defaults }) => {
    const documented = defaults.split(', ').map((text) => text.replaceAll('`', ''));
    expect(documented).toHaveLength(names.length);
    const source = Object.fromEntries(names.map((name, i) => [name, documented[i]]));
    expect(readEnvironment({ ...minimal, ...source })).toEqual(readEnvironment(minimal));
  });
});
