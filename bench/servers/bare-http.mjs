// node:http and nothing else: answers every request with the same bytes and headers.
import { answerOf, listen } from './answer.mjs';

const { status, headers, body } = answerOf(process.env);

listen((request, response) => {
  response.writeHead(status, headers).end(body);
});
