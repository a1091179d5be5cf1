import { isJsonObject, type JsonObject } from '../json.js';

/**
 * Reads the documented fields of one object. A missing field is null. A field of another type does not throw but clears
 * `intact`: the caller then passes the whole element on as `unknown`.
 */
export class Fields {
  readonly #object: JsonObject;
  #intact = true;

  constructor(object: JsonObject) {
    this.#object = object;
  }

  get intact(): boolean {
    return this.#intact;
  }

  string(name: string): string | null {
    const value = this.#object[name] ?? null;
    return value === null || typeof value === 'string' ? value : this.#misfit();
  }

  number(name: string): number | null {
    const value = this.#object[name] ?? null;
    if (value !== null && typeof value !== 'number') return this.#misfit();
    // 1e999 is valid JSON and parsed as Infinity, which JSON.stringify would write as null.
    return Number.isFinite(value) ? value : null;
  }

  integer(name: string): number | null {
    const value = this.number(name);
    return value === null || Number.isInteger(value) ? value : this.#misfit();
  }

  list(name: string): readonly unknown[] {
    const value = this.#object[name] ?? [];
    if (Array.isArray(value)) return value;
    this.#misfit();
    return [];
  }

  strings(name: string): string[] {
    const list = this.list(name);
    const strings = list.filter((item) => typeof item === 'string');
    if (strings.length !== list.length) this.#misfit();
    return strings;
  }

  objects<T>(name: string, read: (fields: Fields) => T): T[] {
    return this.list(name).map((item) => {
      const fields = new Fields(isJsonObject(item) ? item : {});
      const object = read(fields);
      if (!isJsonObject(item) || !fields.intact) this.#misfit();
      return object;
    });
  }

  #misfit(): null {
    this.#intact = false;
    return null;
  }
}
