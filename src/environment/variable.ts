import { IsIn, Matches, Max, Min, ValidateBy } from 'class-validator';
import { MAX_TIMER_MS } from '../clock.js';

/** Why a variable's text could not be parsed. Never holds the text: it may be a secret. */
export class Unreadable {
  constructor(readonly reason: string) {}
}

export interface VariableTraits {
  /** May come from the file that `<name>_FILE` names. */
  readonly file?: boolean;
  /** Must not appear when the environment is logged, inspected or serialised. */
  readonly secret?: boolean;
}

export interface DeclaredVariable extends VariableTraits {
  readonly property: string;
  readonly name: string;
  readonly parse: (text: string) => unknown;
}

const declared: DeclaredVariable[] = [];

/** Every variable that a decorator below has declared, in the order of declaration. */
export const declaredVariables: readonly DeclaredVariable[] = declared;

/** `deskBaseUrl` is DESK_BASE_URL. */
export function variableName(property: string): string {
  return property.replace(/[A-Z]/g, (capital) => `_${capital}`).toUpperCase();
}

/** Declares a variable: `parse` turns its text into a value or Unreadable, `checks` are decorators of class-validator. */
export function Variable(
  parse: (text: string) => unknown,
  traits: VariableTraits = {},
  checks: readonly PropertyDecorator[] = [],
): PropertyDecorator {
  return (target, key) => {
    const property = String(key);
    declared.push({ ...traits, property, name: variableName(property), parse });
    for (const check of [isReadable, ...checks]) check(target, property);
  };
}

const isReadable = ValidateBy({
  name: 'isReadable',
  validator: {
    validate: (value) => !(value instanceof Unreadable),
    defaultMessage: (about) => (about?.value instanceof Unreadable ? about.value.reason : ''),
  },
});

const asItIs = (text: string): string => text;

export function Text(traits?: VariableTraits): PropertyDecorator {
  return Variable(asItIs, traits);
}

export function TextLike(pattern: RegExp, message: string): PropertyDecorator {
  return Variable(asItIs, {}, [Matches(pattern, { message })]);
}

export function OneOf(values: readonly string[]): PropertyDecorator {
  return Variable(asItIs, {}, [IsIn([...values], { message: `must be one of ${values.join(', ')}` })]);
}

export function Flag(): PropertyDecorator {
  return Variable((text) => {
    if (text === 'true') return true;
    return text === 'false' ? false : new Unreadable('must be true or false');
  });
}

/** Plain decimal digits only: `1e3`, `0x10`, `+5` and `007` are probably mistakes. */
export function WholeNumber({ min = 0, max = Number.MAX_SAFE_INTEGER } = {}): PropertyDecorator {
  const parse = (text: string): number | Unreadable =>
    /^(0|[1-9]\d*)$/.test(text) ? Number(text) : new Unreadable('must be a whole number in plain decimal digits');
  return Variable(parse, {}, [
    Min(min, { message: `must be at least ${min}` }),
    Max(max, { message: `must be at most ${max}` }),
  ]);
}

/** A fraction, such as 0.01. */
export function Share(): PropertyDecorator {
  return Variable((text) =>
    /^(?:0|1|0?\.\d+|1\.0+)$/.test(text) ? Number(text) : new Unreadable('must be a number from 0 to 1'),
  );
}

/** Node fires timers of more than 2^31 - 1 ms immediately. */
export function TimerMs(): PropertyDecorator {
  return WholeNumber({ max: MAX_TIMER_MS });
}
