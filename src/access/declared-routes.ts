import { type FastifyInstance } from 'fastify';
import { type Access } from './access.js';

interface DeclaredRoute {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/** All routes with their access. The service does not start if a route declares none. */
export class DeclaredRoutes {
  private readonly routes = new Map<string, DeclaredRoute>();
  /** The access of unknown paths: that of the routes with the same first segment. */
  private readonly accessOfSegment = new Map<string, Access>();

  /** @param open paths of routes that libraries make, which cannot declare anything; they are public */
  collect(fastify: FastifyInstance, open: RegExp): void {
    fastify.addHook('onRoute', ({ method, url, config }) => {
      if (url === '*') return;
      const access = config?.access ?? (open.test(url) ? 'anybody' : undefined);
      if (access === undefined) throw new Error(`the route ${url} does not declare who may use it (@AllowAccess)`);
      this.add(url, [method].flat(), access);
    });
  }

  /** Who may learn that this path does not exist. */
  accessOf(path: string): Access {
    return this.accessOfSegment.get(firstSegment(decodeURIComponent(path))) ?? 'anybody';
  }

  /** The methods of a path; undefined if it is no route. */
  methodsOf(path: string): readonly string[] | undefined {
    const found = this.find(path);
    return found && [...found[1].methods];
  }

  /** The template of a path, whatever the method; undefined if it is no route. */
  templateOf(path: string): string | undefined {
    return this.find(path)?.[0];
  }

  private find(path: string): readonly [template: string, route: DeclaredRoute] | undefined {
    // Like the router, which leaves an encoded slash encoded.
    const decoded = decodeURI(path);
    return [...this.routes].find(([, { pattern }]) => pattern.test(decoded));
  }

  private add(template: string, methods: readonly string[], access: Access): void {
    const route = this.routes.get(template) ?? { pattern: patternOf(template), methods: new Set() };
    for (const method of methods) route.methods.add(method);
    this.routes.set(template, route);
    const segment = firstSegment(template);
    // The methods of the desk's webhook are public: nothing else there is.
    if (segment !== '' && access !== 'anybody' && access !== 'desk') this.accessOfSegment.set(segment, access);
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
