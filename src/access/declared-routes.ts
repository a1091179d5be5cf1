import { type FastifyInstance } from 'fastify';
import { type Access } from './access.js';

interface DeclaredRoute {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/** Every route with who may use it; one that does not say so keeps the service from starting. */
export class DeclaredRoutes {
  private readonly routes = new Map<string, DeclaredRoute>();
  /** Who may ask for a path that is no route: whoever may use its neighbours under the same first segment. */
  private readonly accessOfSegment = new Map<string, Access>();

  /** @param open paths of routes that are made by libraries, which cannot declare anything; everybody may use them */
  constructor(private readonly open: RegExp) {}

  collect(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ method, url, config }) => {
      if (url === '*') return;
      const access = config?.access ?? (this.open.test(url) ? 'anybody' : undefined);
      if (access === undefined) throw new Error(`the route ${url} does not declare who may use it (@AllowAccess)`);
      this.add(url, [method].flat(), access);
    });
  }

  /** Who may know that this path is no route. */
  accessOf(path: string): Access {
    return this.accessOfSegment.get(firstSegment(decodeURIComponent(path))) ?? 'anybody';
  }

  /** The methods that a path takes; undefined where it is no route. */
  methodsOf(path: string): readonly string[] | undefined {
    const route = [...this.routes.values()].find(({ pattern }) => pattern.test(path));
    return route && [...route.methods];
  }

  private add(template: string, methods: readonly string[], access: Access): void {
    const route = this.routes.get(template) ?? { pattern: patternOf(template), methods: new Set() };
    for (const method of methods) route.methods.add(method);
    this.routes.set(template, route);
    const segment = firstSegment(template);
    if (segment !== '' && access !== 'anybody') this.accessOfSegment.set(segment, access);
  }
}

function firstSegment(path: string): string {
  return /^\/([^/]*)/.exec(path)?.[1] ?? '';
}

function patternOf(template: string): RegExp {
  const pattern = template
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/:[^/]+/g, '[^/]+')
    .replace(/\*/g, '.*');
  return new RegExp(`^${pattern}$`);
}
