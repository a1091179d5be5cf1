import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiQuery } from '@nestjs/swagger';
import { DocumentCachedAnswer, formatParameter, sessionNotFound } from '../http/http.openapi.js';
import { MAX_OFFSET } from '../http/paging.js';
import { optionalParameter, pagingParameters, sessionIdParameter } from '../http/parameters.openapi.js';
import { MESSAGES_FILES, messagesExamples } from './messages.examples.openapi.js';
import { MessagesPageDto } from './messages-page.dto.js';

/** The resource in /docs and for generated clients; the tests compare every answer with it. */
export function DocumentMessages(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      operationId: 'listMessages',
      summary: "A window of a session's chat messages",
      description: 'Positions count from the oldest message, which is 0.',
    }),
    sessionIdParameter,
    ...pagingParameters,
    ApiQuery({
      name: 'order',
      required: false,
      description: '`asc`: oldest first · `desc`: newest first, the default except for `after`',
      schema: { type: 'string', enum: ['asc', 'desc'], default: 'desc', example: 'desc' },
    }),
    position('before', 'The messages nearest to this position that are older, newest first; instead of `offset`'),
    position('after', 'The messages nearest to this position that are newer, oldest first; instead of `offset`'),
    formatParameter,
    position('from', 'With a `format` that is a file: the position to begin with'),
    sessionNotFound,
    DocumentCachedAnswer({
      type: MessagesPageDto,
      description: 'The window',
      headers: ['Last-Modified', 'Link'],
      files: MESSAGES_FILES,
      examples: messagesExamples,
    }),
  );
}

function position(name: string, description: string) {
  return optionalParameter(name, description, { type: 'integer', minimum: 0, maximum: MAX_OFFSET }, 20);
}
