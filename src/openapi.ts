import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { version } from './version.js';

/** Swagger UI with its files, the document, and what leads there: routes that can declare nothing. */
export const API_DOCUMENT_PATHS = /^\/(?:docs(?:\/.*)?|openapi\.json)?$/;

/** Either of the two is enough. */
const CREDENTIALS = [{ apiKey: [] }, { bearer: [] }];

/** The API document; the committed openapi.json is this one, and the checks compare the two. */
export function createApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const options = new DocumentBuilder()
    .setTitle('desk-bff')
    .setDescription(
      "Tencent Cloud Desk's customer sessions and their chat records, as plain and cached HTTP resources.",
    )
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
  return withSecurity(SwaggerModule.createDocument(app, options));
}

/** Whatever does not say that it is open needs credentials, in the document as in the service. */
function withSecurity(document: OpenAPIObject): OpenAPIObject {
  for (const { get } of Object.values(document.paths)) if (get !== undefined) get.security ??= CREDENTIALS;
  return document;
}

/** Swagger UI at /docs, where / leads to, and the document at /openapi.json; they load nothing from elsewhere. */
export function serveApiDocument(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.get('/', (_request, reply) => reply.redirect('/docs'));
  SwaggerModule.setup('docs', app, () => createApiDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'desk-bff',
    swaggerOptions: { persistAuthorization: false, tryItOutEnabled: true, validatorUrl: null },
  });
}
