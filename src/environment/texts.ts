import { declaredVariables } from './variable.js';

/** Reads a file as text; tests pass their own. */
export type ReadFile = (path: string, encoding: 'utf8') => string;

/** A variable and its fault. */
export type VariableFault = readonly [variable: string, message: string];

export interface Texts {
  readonly texts: Readonly<Record<string, string>>;
  readonly faults: readonly VariableFault[];
}

/** The text of every declared variable that is set, in the environment or in the file named by `…_FILE`. */
export function readTexts(source: NodeJS.ProcessEnv, readFile: ReadFile): Texts {
  const texts: Record<string, string> = {};
  const faults: VariableFault[] = [];
  for (const { name, file } of declaredVariables) {
    const text = setOrUndefined(source[name]);
    const path = file === true ? setOrUndefined(source[`${name}_FILE`]) : undefined;
    if (path === undefined) {
      if (text !== undefined) texts[name] = text;
    } else if (text !== undefined) {
      faults.push([name, `is set, and so is ${name}_FILE: only one of them may be`]);
    } else {
      const content = readText(path, readFile);
      if (content.text === undefined) faults.push([name, `${name}_FILE names a file that ${content.fault}`]);
      else texts[name] = content.text;
    }
  }
  return { texts, faults };
}

/** Compose and Kubernetes pass `VARIABLE=` for an empty value. */
function setOrUndefined(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

type FileText = { readonly text: string } | { readonly text?: never; readonly fault: string };

/** An empty file is a fault, not "unset": a secret was configured and is missing. */
function readText(path: string, readFile: ReadFile): FileText {
  try {
    const text = readFile(path, 'utf8').trim();
    return text === '' ? { fault: 'is empty' } : { text };
  } catch (error) {
    // Only the code: the message has the path, which is the secret itself if it was put into the wrong variable.
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    return { fault: `cannot be read${code}` };
  }
}
