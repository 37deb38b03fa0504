import { webcrypto } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { channel, webhookBody } from '../../src/alerts/webhook.js';
import type { EgressRequest } from '../../src/net/egress.js';
import { createEgress } from '../../src/net/egress.js';
import { aNotice, httpChannelContract, type ReceivedRequest } from '../contracts/channel.js';
import { httpServer } from '../helpers/http-server.js';
import { hostileTexts, patience, strings } from './helpers/hostile-texts.js';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

/** Standard Webhooks as a receiver would check it, by WebCrypto: signature over the bytes that came, and a timestamp within 5 minutes. */
async function verifies(headers: Record<string, string | undefined>, body: string, now: number): Promise<boolean> {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (id === undefined || timestamp === undefined || signatures === undefined) return false;
  if (Math.abs(now / 1000 - Number(timestamp)) > 300) return false;
  const raw = Uint8Array.from(atob(secret.replace('whsec_', '')), (char) => char.charCodeAt(0));
  const key = await webcrypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
  for (const item of signatures.split(' ')) {
    const [version, value = ''] = item.split(',');
    const given = Uint8Array.from(atob(value), (char) => char.charCodeAt(0));
    const text = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
    if (version === 'v1' && (await webcrypto.subtle.verify('HMAC', key, given, text))) return true;
  }
  return false;
}

const noon = Date.parse('2026-11-25T12:00:00Z');

describe('webhook', () => {
  httpChannelContract({
    channel,
    options: (url) => ({ url: `${url}/path-token-5f2a?key=query-token-77c1`, secret, timeout: 1 }),
    secrets: [secret, secret.slice(6), 'path-token-5f2a', 'query-token-77c1'],
    idOf: (request) => String(request.headers['webhook-id']),
    believes: (request) => verifies(request.headers as Record<string, string | undefined>, request.body, noon),
  });

  it('the verifier of this test accepts what other implementations sign, and nothing else', async () => {
    // Signed with openssl: HMAC-SHA256 of `msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}`.
    const headers = {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    };
    const at = 1_614_265_330_000;
    expect(await verifies(headers, '{"test": 2432232314}', at)).toBe(true);
    expect(await verifies(headers, '{"test": 2432232315}', at)).toBe(false);
    expect(await verifies({ ...headers, 'webhook-id': 'msg_x' }, '{"test": 2432232314}', at)).toBe(false);
    expect(await verifies(headers, '{"test": 2432232314}', at + 400_000)).toBe(false);
  });

  async function sentWith(options: Record<string, unknown>, times = [noon]): Promise<ReceivedRequest[]> {
    const seen: ReceivedRequest[] = [];
    const server = await httpServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => {
        body += part.toString();
      });
      request.on('end', () => {
        seen.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body });
        response.end();
      });
    });
    const egress = createEgress({ allow: ['127.0.0.1'], ports: [server.port] });
    for (const at of times) {
      const parsed = channel.options.parse({ url: `http://127.0.0.1:${server.port}/in`, ...options });
      await channel.send(aNotice, parsed, { egress, now: () => at, signal: new AbortController().signal });
    }
    await Promise.all([server.close(), egress.close()]);
    return seen;
  }

  it('the receiver reads what happened, when, and about what', async () => {
    const [request] = await sentWith({});
    expect(request).toMatchObject({ method: 'POST', path: '/in' });
    expect(request?.headers['content-type']).toBe('application/json');
    expect(request?.headers['webhook-signature']).toBe(undefined);
    expect(JSON.parse(request?.body ?? '')).toEqual({
      type: 'finding.opened',
      timestamp: '2026-11-25T12:00:00.000Z',
      data: {
        id: 'finding-opened-0193f2',
        title: 'Otter is used and not registered',
        text: '12 people in 3 groups use Otter. Register it, or decide against it.',
        subject: 'finding-17',
        severity: 'warning',
        details: { verdict: 'unregistered', service: 'otter', people: 12 },
      },
    });
  });

  it('each delivery is signed for its own time, with the same id and the same bytes', async () => {
    const [first, second] = await sentWith({ secret }, [noon, noon + 3_600_000]);
    if (first === undefined || second === undefined) throw new Error('two deliveries were expected');
    expect(second.body).toBe(first.body);
    expect(second.headers['webhook-id']).toBe(first.headers['webhook-id']);
    const headers = second.headers as Record<string, string | undefined>;
    expect(await verifies(headers, second.body, noon + 3_600_000)).toBe(true);
    expect(await verifies(headers, second.body, noon)).toBe(false);
  });

  it.each([['ftp://hooks.example/'], ['hooks.example/x'], ['https://user:password@hooks.example/'], ['']])(
    'the URL %j is refused when the configuration is read',
    (url) => {
      expect(channel.options.safeParse({ url }).success).toBe(false);
    },
  );

  it.each([
    'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'whsec_',
    'whsec_c2hvcnQ=',
    'whsec_not base64 not base64 not base64',
    `whsec_${'A'.repeat(400)}`,
  ])('the secret %j is refused without being repeated', (wrong) => {
    const result = channel.options.safeParse({ url: 'https://hooks.example/', secret: wrong });
    expect(result.success).toBe(false);
    expect(result.error?.issues[0]?.message).toMatch(/openssl rand/);
    if (wrong.length > 8) expect(JSON.stringify(result.error?.issues)).not.toContain(wrong.slice(6));
  });

  it('an answer that has been taken counts, whatever its body does', async () => {
    const server = await httpServer((request, response) => {
      request.resume().on('end', () => {
        response.writeHead(200, { 'content-length': 1_000_000 }).write('x');
        if (request.url === '/cut') setTimeout(() => response.destroy(), 20);
      });
    });
    const egress = createEgress({ allow: ['127.0.0.1'], ports: [server.port] });
    const began = performance.now();
    for (const path of ['cut', 'drip']) {
      const options = channel.options.parse({ url: `http://127.0.0.1:${server.port}/${path}`, timeout: 5 });
      const delivery = await channel.send(aNotice, options, {
        egress,
        now: () => noon,
        signal: new AbortController().signal,
      });
      expect(delivery).toEqual({ outcome: 'sent' });
    }
    expect(performance.now() - began).toBeLessThan(4000);
    await Promise.all([server.close(), egress.close()]);
  });

  it('the time limit is the one of the options', async () => {
    const asked: (number | undefined)[] = [];
    const egress = createEgress();
    const watched = {
      ...egress,
      stream: (request: EgressRequest) => {
        asked.push(request.timeoutMs);
        return egress.stream(request);
      },
    };
    const parsed = channel.options.parse({ url: 'http://127.0.0.1/' });
    await channel.send(aNotice, parsed, { egress: watched, now: () => noon, signal: new AbortController().signal });
    expect(asked).toEqual([30_000]);
    await egress.close();
  });

  it(
    'A9 texts from logs are strings of one document on one line, and read the same after their way as bytes',
    () => {
      for (const [title, text] of hostileTexts(strings)) {
        const { kind, at, ...rest } = { ...aNotice, title, text, details: { [title]: text } };
        const body = webhookBody({ kind, at, ...rest });
        const read = JSON.parse(Buffer.from(body, 'utf8').toString('utf8')) as { data: typeof rest };
        if (
          body.includes('\n') ||
          Object.keys(read).join() !== 'type,timestamp,data' ||
          read.data.title !== title ||
          read.data.text !== text ||
          Object.keys(read.data.details).length !== 1 ||
          read.data.details[title as never] !== text
        )
          expect.fail(JSON.stringify([title, text, body]));
      }
    },
    patience,
  );
});
