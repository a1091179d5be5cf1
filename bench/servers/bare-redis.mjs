// node:http and one ioredis getBuffer for every request: the least that a cache in Redis can cost.
import { Redis } from 'ioredis';
import { answerOf, listen } from './answer.mjs';

const KEY = 'bench:page';
const { status, headers, body } = answerOf(process.env);
const redis = new Redis(process.env.REDIS_URL);
await redis.set(KEY, body);

listen((request, response) => {
  redis.getBuffer(KEY).then(
    (page) => response.writeHead(status, headers).end(page),
    () => response.writeHead(502).end(),
  );
});
