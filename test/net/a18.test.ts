import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEgress, type Egress, EgressError } from '../../src/net/egress.js';
import { httpServer, type LocalServer, tcpServer } from '../helpers/http-server.js';

// Decoys listen on many addresses of this machine under one port, which the policy opens: only the check of addresses keeps them
// from being contacted. One other loopback address stands for the internet; it is allowed and answers.
const decoyAddresses = ['127.0.0.1', '127.0.0.2', '127.1.2.3', '127.255.255.254', '::1'];
const internet = '127.0.0.77';
let decoys: LocalServer[] = [];
let port = 0;
let outside: LocalServer;
let redirectTo = '';

const contacts = (): number => decoys.reduce((sum, decoy) => sum + decoy.contacts(), 0);

beforeAll(async () => {
  const answer = (socket: Socket): void => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\ndecoy');
  const first = await tcpServer(answer);
  port = first.port;
  decoys = [first];
  for (const address of decoyAddresses.slice(1)) {
    // A machine without IPv6 lacks some of them; nothing can be reached there then.
    const decoy = await tcpServer(answer, address, port).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRNOTAVAIL' && error.code !== 'EAFNOSUPPORT') throw error;
    });
    if (decoy !== undefined) decoys.push(decoy);
  }
  outside = await httpServer(
    (request, response) => {
      if (request.url === '/redirect') response.writeHead(302, { location: redirectTo }).end();
      // Closed each time, so that every request needs a new connection and thus the resolver.
      else response.writeHead(200, { connection: 'close' }).end('outside');
    },
    internet,
    port,
  );
});

afterAll(async () => {
  await Promise.all([...decoys, outside].map((server) => server.close()));
});

/** Every address that must not be reached, in spellings that some URL parser or C library takes for it. */
function hosts(): string[] {
  const spell = (a: number, b: number, c: number, d: number): string[] => {
    const hex = (n: number): string => `0x${n.toString(16)}`;
    const octal = (n: number): string => `0${n.toString(8)}`;
    const whole = ((a * 256 + b) * 256 + c) * 256 + d;
    const [high, low] = [(a * 256 + b).toString(16), (c * 256 + d).toString(16)];
    return [
      `${a}.${b}.${c}.${d}`,
      `${a}.${b}.${c}.${d}.`,
      String(whole),
      `0x${whole.toString(16)}`,
      `0${whole.toString(8)}`,
      `${hex(a)}.${hex(b)}.${hex(c)}.${hex(d)}`,
      `${octal(a)}.${octal(b)}.${octal(c)}.${octal(d)}`,
      `${a}.${hex(b)}.${octal(c)}.${d}`,
      `${a}.${b * 65_536 + c * 256 + d}`,
      `${a}.${b}.${c * 256 + d}`,
      `%3${String(a)[0]}${String(a).slice(1)}.${b}.${c}.${d}`,
      `${[...String(a)].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join('')}.${b}.${c}.${d}`,
      `${a}。${b}。${c}｡${d}`,
      `[::ffff:${a}.${b}.${c}.${d}]`,
      `[::ffff:${high}:${low}]`,
      `[0:0:0:0:0:ffff:${high}:${low}]`,
      `[::${high}:${low}]`,
      `[64:ff9b::${high}:${low}]`,
      `[64:ff9b:1::${high}:${low}]`,
      `[2002:${high}:${low}::]`,
      `[2001:0:${high}:${low}::1]`,
    ];
  };
  return [
    ...spell(127, 0, 0, 1),
    ...spell(127, 1, 2, 3),
    ...spell(0, 0, 0, 0),
    ...spell(169, 254, 169, 254),
    ...spell(10, 0, 0, 1),
    ...spell(172, 31, 255, 254),
    ...spell(192, 168, 1, 1),
    ...spell(100, 64, 0, 1),
    ...spell(100, 100, 100, 200),
    ...spell(255, 255, 255, 255),
    ...['127.1', '127.0.1', '0', '0x0', '127.255.255.254', '224.0.0.1', '168.63.129.16', '192.0.0.192', '198.18.0.1'],
    ...[
      '[::1]',
      '[::]',
      '[0:0:0:0:0:0:0:1]',
      '[0000::0001]',
      '[::1%25lo]',
      '[fe80::1]',
      '[fe80::1%25eth0]',
      '[fec0::1]',
    ],
    ...[
      '[fd00::1]',
      '[fd00:ec2::254]',
      '[fc00::1]',
      '[ff02::1]',
      '[2001:db8::1]',
      '[::127.0.0.1]',
      '[100::1]',
      '[5f00::1]',
    ],
    ...[
      'localhost',
      'LOCALHOST',
      'localhost.',
      'loc%61lhost',
      'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ',
      'a.localhost',
      'inside.test',
      'INSIDE.test.',
      'ｉｎｓｉｄｅ.test',
    ],
    ...['both.test', 'six.test', 'mapped.test', 'nat.test', 'metadata.test', 'odd.test', 'zone.test', 'ip6-localhost'],
  ];
}

const answers: Readonly<Record<string, readonly string[]>> = {
  'both.test': [internet, '127.0.0.1'],
  'six.test': ['::1'],
  'mapped.test': ['::ffff:127.0.0.1'],
  'nat.test': ['64:ff9b::7f00:1'],
  'metadata.test': ['169.254.169.254'],
  'odd.test': ['127.1'],
  'zone.test': ['::1%lo'],
  'outside.test': [internet],
};
// Any name that is not listed leads inside: the worst that a name server can say.
const resolve = (host: string): Promise<readonly string[]> => Promise.resolve(answers[host] ?? ['127.0.0.1']);

function urls(): string[] {
  const made = hosts().flatMap((host) => [`http://${host}:${port}/`, `https://${host}:${port}/latest/meta-data`]);
  const authority = `127.0.0.1:${port}`;
  return [
    ...made,
    ...[
      `http://outside.test@${authority}/`,
      `http://user:pass@outside.test:${port}/`,
      `http://outside.test:${port}@${authority}/`,
    ],
    ...[
      `http://outside.test:${port}\\@${authority}/`,
      `http://${authority}\\@outside.test/`,
      `http:\\\\${authority}\\`,
      `http:${authority}`,
    ],
    ...[
      `http:/${authority}/`,
      `http:///${authority}/`,
      `//${authority}/`,
      ` http://${authority}/ `,
      `ht\ntp://${authority}/`,
    ],
    ...[
      `http://127.0.\t0.1:${port}/`,
      `http://${authority}#@outside.test/`,
      `http://${authority}?@outside.test/`,
      `HTTP://${authority}/`,
    ],
    ...[
      `http://outside.test%00.${authority}/`,
      `http://127.0.0.1%23.outside.test:${port}/`,
      `http://@${authority}/`,
      `http://:@${authority}/`,
    ],
    ...[
      'ftp',
      'file',
      'gopher',
      'ws',
      'wss',
      'ldap',
      'dict',
      'tftp',
      'jar:http',
      'data',
      'javascript',
      'blob:http',
      'unix',
    ].map((scheme) => `${scheme}://${authority}/`),
    ...[22, 25, 110, 3306, 5432, 6379, 9200, 11_211, 27_017, 65_535].map((odd) => `http://outside.test:${odd}/`),
    ...[
      'http://outside.test:0/',
      'http://outside.test:99999/',
      'http://outside.test:-1/',
      'http://',
      'http://:80/',
      '',
      'x',
      'http://[::1/',
    ],
    ...[
      `http+unix://%2fvar%2frun%2fdocker.sock/`,
      'file:///etc/passwd',
      `http://127.0.0.1:${port}:${port}/`,
      'http://[v1.a]/',
    ],
  ];
}

async function outcome(egress: Egress, url: string): Promise<string> {
  try {
    const { status } = await egress.request({ url, method: 'GET', timeoutMs: 30_000 });
    return String(status);
  } catch (error) {
    return error instanceof EgressError ? `${error.kind} ${error.message}` : `thrown ${String(error)}`;
  }
}

describe('A18 requests that others have a say in never reach what is inside', () => {
  it('A18 more than 400 URLs in all spellings: refused with one text, no contact', async () => {
    const egress = createEgress({ allow: [internet], ports: [port], resolve });
    const all = urls();
    expect(new Set(all).size).toBeGreaterThanOrEqual(400);
    const outcomes = new Map<string, string[]>();
    await Promise.all(
      all.map(async (url) => {
        const result = await outcome(egress, url);
        outcomes.set(result, [...(outcomes.get(result) ?? []), url]);
      }),
    );
    expect([...outcomes.keys()]).toEqual([expect.stringMatching(/^refused This URL may not be used/)]);
    expect(contacts()).toBe(0);
    // The same policy does let a request out.
    expect(await outcome(egress, `http://outside.test:${port}/`)).toBe('200');
    await egress.close();
  });

  it('A18 no refusal is told sooner than another', async () => {
    const egress = createEgress({ ports: [port], resolve });
    for (const url of ['http://127.0.0.1/', 'x', `http://inside.test:${port}/`, 'http://outside.test:22/']) {
      const began = performance.now();
      await outcome(egress, url);
      expect(performance.now() - began).toBeGreaterThan(245);
    }
    await egress.close();
  });

  it('A18 a redirect is an answer and is never followed', async () => {
    const egress = createEgress({ allow: [internet], ports: [port], resolve });
    for (const host of hosts().slice(0, 60)) {
      redirectTo = `http://${host}:${port}/`;
      if (!/^[\x21-\x7e]*$/.test(redirectTo)) continue;
      expect(await outcome(egress, `http://outside.test:${port}/redirect`)).toBe('302');
    }
    expect(contacts()).toBe(0);
    await egress.close();
  });

  it('A18 1,000 rebinding races: the address that was checked is the one that is connected to', async () => {
    const before = outside.contacts();
    let asked = 0;
    let reached = 0;
    // First an allowed address, from then on an address inside; some say both at once, some change in the middle of a wave.
    const race = async (i: number): Promise<void> => {
      let calls = 0;
      const egress = createEgress({
        allow: [internet],
        ports: [port],
        resolve: async () => {
          asked++;
          const call = ++calls;
          if (i % 3 === 1) await new Promise((done) => setTimeout(done, i % 7));
          const inside = decoyAddresses[i % decoyAddresses.length] ?? '::1';
          if (i % 10 === 9) return [internet, inside];
          return call === 1 ? [internet] : [inside];
        },
      });
      const url = `http://rebind-${i}.test:${port}/`;
      const results = await Promise.all([outcome(egress, url), outcome(egress, url)]);
      results.push(await outcome(egress, url));
      reached += results.filter((result) => result === '200').length;
      expect(results.every((result) => result === '200' || result.startsWith('refused'))).toBe(true);
      await egress.close();
    };
    for (let wave = 0; wave < 10; wave++)
      await Promise.all(Array.from({ length: 100 }, (_, i) => race(wave * 100 + i)));
    expect(contacts()).toBe(0);
    // Each of the 900 with a good first answer got through once, and no connection was made without asking anew.
    expect(reached).toBe(900);
    expect(outside.contacts() - before).toBe(900);
    expect(asked).toBeGreaterThanOrEqual(2000);
  });

  it('the decoys do listen: a policy that opens them reaches each', async () => {
    const before = contacts();
    const egress = createEgress({ allow: ['127.0.0.0/8', '::1', 'inside.test'], ports: [port], resolve });
    for (const host of [
      ...decoyAddresses.slice(0, decoys.length),
      'inside.test',
      '0x7f.1',
      '2130706433',
      '[::ffff:7f00:1]',
    ]) {
      const url = `http://${host.includes('::1') && !host.startsWith('[') ? `[${host}]` : host}:${port}/`;
      expect(await outcome(egress, url)).toBe('200');
    }
    expect(contacts() - before).toBeGreaterThan(decoys.length);
    await egress.close();
  });
});
