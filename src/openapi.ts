import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { cardSchemas } from './content/elements/card.openapi.js';
import { DOCS_CSS } from './http/docs-page.openapi.js';
import { completeDocument } from './http/document.openapi.js';
import { headerComponents } from './http/headers.openapi.js';
import { securityHeaders } from './http/response-headers.js';
import { version } from './version.js';

/** Swagger UI with its files, the document, and the redirect to it: routes that cannot declare their access. */
export const API_DOCUMENT_PATHS = /^\/(?:docs(?:\/.*)?|openapi\.json)?$/;

/** Headers of every answer are described here once, so that the operations stay short. */
const DESCRIPTION = `Tencent Cloud Desk's customer sessions and their chat records, as plain and cached HTTP resources.

Every answer has \`X-Request-Id\`, which log lines and problems name too, and headers that keep browsers careful:
${Object.keys(securityHeaders())
  .map((name) => `\`${name}\``)
  .join(', ')}.
Every error is a problem of RFC 9457 with \`Cache-Control: no-store\`, told apart by its \`code\`.
Every GET answers HEAD too, without a body.`;

/** The API document; the committed openapi.json is this one, and the checks compare the two. */
export function createApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const options = new DocumentBuilder()
    .setTitle('desk-bff')
    .setOpenAPIVersion('3.1.0')
    .setDescription(DESCRIPTION)
    .setVersion(version)
    .setLicense('Proprietary', 'urn:desk-bff:license')
    .addServer('/')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'AUTH_MODE=api-key' }, 'apiKey')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'A JWT, or an API key' }, 'bearer')
    .addTag('messages', "A session's chat messages")
    .addTag('sessions', 'Sessions and who serves them')
    .addTag('health', 'Whether the service lives and wants requests')
    .addTag('metrics', 'For Prometheus')
    .build();
  const components = { ...options.components, schemas: cardSchemas, headers: headerComponents };
  return completeDocument(SwaggerModule.createDocument(app, { ...options, components }));
}

/**
 * Swagger UI at /docs, the redirect from / to it, and the document at /openapi.json; they load nothing from elsewhere.
 */
export function serveApiDocument(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.get('/', (_request, reply) => reply.redirect('/docs'));
  SwaggerModule.setup('docs', app, () => createApiDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'desk-bff',
    customCss: DOCS_CSS,
    swaggerOptions: { persistAuthorization: false, tryItOutEnabled: true, validatorUrl: null },
  });
}
