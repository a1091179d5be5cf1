// What the TypeScript compiler writes for decorators; the bench runs without a compiler.

export function decorate(type, decorators) {
  for (const decorator of decorators.toReversed()) decorator(type);
}

/** `parameters` holds one decorator for each parameter, `types` their classes. */
export function decorateMethod(type, name, decorators, parameters = [], types = []) {
  Reflect.defineMetadata('design:paramtypes', types, type.prototype, name);
  parameters.forEach((decorator, index) => decorator(type.prototype, name, index));
  const descriptor = Object.getOwnPropertyDescriptor(type.prototype, name);
  for (const decorator of decorators.toReversed()) decorator(type.prototype, name, descriptor);
}

export function decorateProperty(type, name, decorators) {
  for (const decorator of decorators.toReversed()) decorator(type.prototype, name);
}

/** Declares what is injected into a constructor. */
export function inject(type, ...tokens) {
  Reflect.defineMetadata('design:paramtypes', tokens, type);
}
