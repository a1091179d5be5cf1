import { type CustomDecorator } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';

/** Who may use a route: anybody, authenticated callers, Prometheus, or the desk with its webhooks. */
export type Access = 'anybody' | 'callers' | 'scraper' | 'desk';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
}

/**
 * Declares who may use a route; the service does not start with an undeclared one. With `callers`, a request counts
 * towards the caller's limit, and needs JWT_REQUIRED_SCOPE if that is set.
 */
export const AllowAccess = (access: Access): CustomDecorator => RouteConfig({ access });
