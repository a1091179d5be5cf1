import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { version } from './version.js';

/** The API document; the committed openapi.json is this one, and the checks compare the two. */
export function createApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const options = new DocumentBuilder()
    .setTitle('desk-bff')
    .setDescription(
      "The chat records of Tencent Cloud Desk's customer sessions, as one plain and cached HTTP resource.",
    )
    .setVersion(version)
    .setLicense('Proprietary', 'urn:desk-bff:license')
    .addServer('/')
    .addTag('messages', "A session's chat messages")
    .addTag('health', 'Whether the service lives and wants requests')
    .addTag('metrics', 'For Prometheus')
    .build();
  return SwaggerModule.createDocument(app, options);
}

/** Swagger UI at /docs, the document at /openapi.json; both load nothing from elsewhere. */
export function serveApiDocument(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => createApiDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'desk-bff',
    swaggerOptions: { persistAuthorization: false, tryItOutEnabled: true, validatorUrl: null },
  });
}
