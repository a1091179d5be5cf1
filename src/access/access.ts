import { type CustomDecorator } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';

/** Who may use a route: anybody, callers who are known, or the Prometheus that scrapes. */
export type Access = 'anybody' | 'callers' | 'scraper';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
}

/**
 * Declares who may use a route; the service does not start with one that says nothing. A request of `callers` counts for
 * the caller's limit, and needs JWT_REQUIRED_SCOPE where that is set.
 */
export const AllowAccess = (access: Access): CustomDecorator => RouteConfig({ access });
