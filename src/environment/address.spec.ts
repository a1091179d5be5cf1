import { describe, expect, it } from '@jest/globals';
import { baseUrl, httpUrl, isLoopback, origins, redisUrls } from './address.js';
import { Unreadable } from './variable.js';

describe('baseUrl', () => {
  it.each([
    ['https://console.tim.qq.com', 'https://console.tim.qq.com'],
    ['https://console.tim.qq.com/', 'https://console.tim.qq.com'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://[::1]:8080/', 'http://[::1]:8080'],
    ['HTTPS://Proxy.Example/desk/', 'https://proxy.example/desk'],
  ])('takes %s', (text, url) => {
    expect(baseUrl(text)).toBe(url);
  });

  it.each([
    'console.tim.qq.com',
    'ftp://desk.example',
    'https:/desk.example',
    'https:///desk.example',
    'https://',
    'https://desk.example:99999',
    ' https://desk.example',
    'https://desk .example',
    'https://desk.example?x=1',
    'https://desk.example/?',
    'https://desk.example/#',
    'https://user@desk.example',
    'https://:password@desk.example',
  ])('refuses %j', (text) => {
    expect(baseUrl(text)).toBeInstanceOf(Unreadable);
  });
});

describe('httpUrl', () => {
  it('may have a query, but no password', () => {
    expect(httpUrl('https://id.example/keys?policy=1')).toBe('https://id.example/keys?policy=1');
    expect(httpUrl('https://user:password@id.example/keys')).toBeInstanceOf(Unreadable);
  });
});

describe('redisUrls', () => {
  it('takes one, or a list with white space around its commas', () => {
    expect(redisUrls('redis://localhost:6379/2')).toBe('redis://localhost:6379/2');
    expect(redisUrls('rediss://:p%2C@a:1 , rediss://b:2,')).toBe('rediss://:p%2C@a:1,rediss://b:2');
  });

  it.each(['localhost:6379', 'http://redis', 'redis://', 'redis:///0', ',', 'redis://a,b'])('refuses %j', (text) => {
    expect(redisUrls(text)).toBeInstanceOf(Unreadable);
  });
});

describe('origins', () => {
  it('takes origins', () => {
    expect(origins('https://a.example, http://localhost:5173')).toEqual(['https://a.example', 'http://localhost:5173']);
  });

  it.each(['https://a.example/', 'https://a.example:443', 'https://A.example', 'a.example', 'null'])(
    'names the entry that is none: %s',
    (text) => {
      expect(origins(`https://ok.example,${text}`)).toMatchObject({
        reason: expect.stringContaining('entry 2 is no origin'),
      });
    },
  );

  it('explains that * is refused', () => {
    expect(origins('https://a.example,*')).toMatchObject({ reason: 'must name each origin: * is not accepted' });
  });
});

describe('isLoopback', () => {
  it.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.9.8.7', '::1', '[::1]', '0:0:0:0:0:0:0:1'])('%s is', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each(['0.0.0.0', '::', '10.0.0.1', '128.0.0.1', 'redis', '127.0.0.1.example', 'localhost.example', ''])(
    '%j is not',
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );
});
