import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitHostPort, splitUrl } from '../../src/core/url.js';

describe('splitUrl', () => {
  it.each([
    ['https://ChatGPT.com/c/1?x=1#f', { scheme: 'https', host: 'chatgpt.com', path: '/c/1' }],
    ['HTTP://user:p@ss@x.example:8080', { scheme: 'http', host: 'x.example', port: 8080 }],
    ['x.example/a', { host: 'x.example', path: '/a' }],
    ['x.example:443', { host: 'x.example', port: 443 }],
    ['x.example:443/a:b', { host: 'x.example', port: 443, path: '/a:b' }],
    ['//x.example/a', { host: 'x.example', path: '/a' }],
    ['/a/b?c', { path: '/a/b' }],
    ['/a#b?c', { path: '/a' }],
    ['x.example?q=/a', { host: 'x.example' }],
    ['https://x.example\\@evil.example/a', { scheme: 'https', host: 'x.example' }],
    ['http://x.example/@evil.example', { scheme: 'http', host: 'x.example', path: '/@evil.example' }],
    ['[2001:DB8::1]:8443', { host: '2001:db8::1', port: 8443 }],
    ['http://[::ffff:10.1.2.3]/a', { scheme: 'http', host: '10.1.2.3', path: '/a' }],
    ['2001:db8::1', { host: '2001:db8::1' }],
    ['wss://x.example./', { scheme: 'wss', host: 'x.example', path: '/' }],
    ['error:invalid-request', {}],
    ['data:text/plain,x', {}],
    ['urn:uuid:1', {}],
    ['chrome-extension://aaaabbbbccccddddeeeeffffgggghhhh/page.html', { scheme: 'chrome-extension' }],
    ['file://server/share/a', { scheme: 'file' }],
    ['mailto:a@x.example', {}],
    ['http:///a', { scheme: 'http', path: '/a' }],
    ['http://x.example:0/', { scheme: 'http', host: 'x.example', path: '/' }],
    ['http://x.example:99999/', { scheme: 'http', host: 'x.example', path: '/' }],
    ['http://x.example:/', { scheme: 'http', host: 'x.example', path: '/' }],
    ['', {}],
    ['-', {}],
  ])('%j', (raw, target) => expect(splitUrl(raw)).toEqual(target));

  it('finds host, port and path where the URL parser does', () => {
    const url = fc.webUrl({
      authoritySettings: { withPort: true, withUserInfo: true, withIPv4: true, withIPv6: true },
      withQueryParameters: true,
      withFragments: true,
    });
    fc.assert(
      fc.property(url, (raw) => {
        // Another base scheme, so that the parser leaves the port alone.
        const parsed = new URL(raw.replace(/^https?:/, 'ws:'));
        const host = parsed.hostname.replace(/^\[|\]$/g, '');
        const { host: found, port, path } = splitUrl(raw);
        if (!/^::ffff:[0-9a-f]{1,4}:[0-9a-f]{1,4}$/.test(host)) expect(found).toBe(host);
        const written = /^[a-z]+:\/\/[^/?#]*:(\d+)(?:[/?#]|$)/.exec(raw)?.[1];
        expect(port).toBe(written === undefined || written === '0' ? undefined : Number(written));
        expect(path ?? '').toBe(raw.replace(/^[a-z]+:\/\/[^/?#]*/, '').replace(/[?#].*$/, ''));
      }),
      { seed: 20261122, numRuns: 2000 },
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (raw) => {
        expect(splitUrl(raw).path ?? '/').toMatch(/^\//);
        splitHostPort(raw);
      }),
      { seed: 20261122, numRuns: 2000 },
    );
  });
});

it.each([
  ['X.example:443', { host: 'x.example', port: 443 }],
  ['10.1.2.3:80', { host: '10.1.2.3', port: 80 }],
  ['[::1]', { host: '::1' }],
  ['::1', { host: '::1' }],
  ['x.example:', { host: 'x.example' }],
  [':443', { port: 443 }],
  ['a b:1', { port: 1 }],
])('splitHostPort %j', (raw, parts) => expect(splitHostPort(raw)).toEqual(parts));
