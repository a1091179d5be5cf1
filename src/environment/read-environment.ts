import { readFileSync } from 'node:fs';
import { validateSync } from 'class-validator';
import { Environment } from '../environment.js';
import { combinationFaults, yieldDefaults } from './combinations.js';
import { type VariableFault, type ReadFile, readTexts } from './texts.js';
import { declaredVariables, variableName } from './variable.js';

/** The name of every variable that is read, `…_FILE` included. */
export const environmentVariables: readonly string[] = declaredVariables.flatMap(({ name, file }) =>
  file === true ? [name, `${name}_FILE`] : [name],
);

/** All faults, one a line. Names variables, never values, and has no `cause` for the same reason. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';

  constructor(readonly faults: readonly string[]) {
    super(['The environment does not allow a start:', ...faults].join('\n  '));
  }
}

export function readEnvironment(source: NodeJS.ProcessEnv, readFile: ReadFile = readFileSync): Environment {
  const { texts, faults: textFaults } = readTexts(source, readFile);
  const environment = new Environment();
  for (const { property, name, parse } of declaredVariables) {
    const text = texts[name];
    if (text !== undefined) Reflect.set(environment, property, parse(text));
  }
  yieldDefaults(environment, (name) => texts[name] !== undefined);
  const faults = [...textFaults, ...variableFaults(environment), ...combinationFaults(environment)];
  if (faults.length > 0) throw new EnvironmentError(faultLines(faults));
  for (const { property, secret } of declaredVariables) {
    if (secret === true) Object.defineProperty(environment, property, { enumerable: false });
  }
  return Object.freeze(environment);
}

function variableFaults(environment: Environment): VariableFault[] {
  const errors = validateSync(environment, {
    skipUndefinedProperties: true,
    stopAtFirstError: true,
    validationError: { target: false, value: false },
  });
  return errors.map(({ property, constraints }) => [
    variableName(property),
    Object.values(constraints ?? {}).join(', ') || 'is not valid',
  ]);
}

/** Only the first fault of each variable: one whose file cannot be read is not reported as "required" too. */
function faultLines(faults: readonly VariableFault[]): string[] {
  const first = new Map<string, string>();
  for (const [variable, message] of faults) {
    if (!first.has(variable)) first.set(variable, message);
  }
  return [...first].map(([variable, message]) => `${variable}: ${message}`);
}
