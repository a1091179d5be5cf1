import { type ValidateFunction } from 'ajv/dist/2020.js';
import { apiDocument, at, isObject, objectAt, pointerTo, schemasOf } from './api-document.js';

interface AnswerInShort {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly contentType: string | null | undefined;
}

const PROBLEM = 'application/problem+json';
/** Answers of the HTTP server or a hook before an operation is known. */
const ANYWHERE = new Set([400, 404, 405, 408, 413, 414, 417, 431, 503]);

const templates = Object.keys(objectAt(objectAt(apiDocument)['paths'])).map((template) => ({
  template,
  pattern: new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/?]+')}(?:\\?.*)?$`),
}));
const schemaAt = schemasOf('closed');

/** Whether the document describes this answer: only then is its body worth reading. */
export function isDocumentedJson({ contentType }: AnswerInShort): boolean {
  return contentType !== null && contentType !== undefined && /^application\/(?:problem\+)?json\b/.test(contentType);
}

/** Throws if an answer is not as openapi.json says, or has additional fields. Answers without an operation pass. */
export function expectDocumented(answer: AnswerInShort, text: string): void {
  if (!isDocumentedJson(answer) || text === '') return;
  const schema = schemaOf(answer);
  if (schema === undefined) return;
  const value: unknown = JSON.parse(text);
  if (schema(value)) return;
  const faults = (schema.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
  throw new Error(`${nameOf(answer)} is not as openapi.json says: ${faults.slice(0, 20).join('; ')}`);
}

function schemaOf(answer: AnswerInShort): ValidateFunction | undefined {
  const mediaType = answer.contentType?.split(';', 1)[0] ?? '';
  const operation = operationOf(answer);
  const response = operation === undefined ? undefined : [...operation, 'responses', String(answer.status)];
  if (response !== undefined && isObject(at(...response, 'content', mediaType)))
    return schemaAt(pointerTo(...response, 'content', mediaType, 'schema'));
  if (mediaType === PROBLEM && (operation === undefined || ANYWHERE.has(answer.status)))
    return schemaAt(pointerTo('components', 'schemas', 'Problem'));
  if (operation === undefined) return undefined;
  throw new Error(`${nameOf(answer)} is not in openapi.json`);
}

function operationOf({ method, path }: AnswerInShort): readonly string[] | undefined {
  const template = templates.find(({ pattern }) => pattern.test(path))?.template;
  const operation = ['paths', template ?? '', method.toLowerCase()];
  return isObject(at(...operation)) ? operation : undefined;
}

function nameOf({ method, path, status, contentType }: AnswerInShort): string {
  return `${method} ${path.split('?', 1)[0] ?? ''}: ${status} ${contentType ?? ''}`;
}
