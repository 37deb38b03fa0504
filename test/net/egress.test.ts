import { readFileSync } from 'node:fs';
import { connect as tcpConnect } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createEgress, type Egress, EgressError, type EgressPolicy } from '../../src/net/egress.js';
import { httpServer, httpsServer, type LocalServer, tcpServer } from '../helpers/http-server.js';

const tlsFolder = join(import.meta.dirname, '../fixtures/tls');
const certificate = {
  key: readFileSync(join(tlsFolder, 'server.key.pem'), 'utf8'),
  cert: readFileSync(join(tlsFolder, 'server.pem'), 'utf8'),
};
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((item) => item.close()));
});

async function started(server: Promise<LocalServer>): Promise<LocalServer> {
  const running = await server;
  open.push(running);
  return running;
}

/** May reach this machine, and takes every name for it. */
function localEgress(server: LocalServer, policy: EgressPolicy = {}): Egress {
  const egress = createEgress({
    allow: ['127.0.0.0/8', '::1'],
    ports: [server.port],
    resolve: async () => ['127.0.0.1'],
    ...policy,
  });
  open.push(egress);
  return egress;
}

async function failure(promise: Promise<unknown>): Promise<EgressError> {
  const error = await promise.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(EgressError);
  return error as EgressError;
}

describe('the egress client', () => {
  it('sends what it is given and gives back the whole answer', async () => {
    const server = await started(
      httpServer((request, response) => {
        const parts: Buffer[] = [];
        request
          .on('data', (part: Buffer) => parts.push(part))
          .on('end', () => {
            response.writeHead(201, { 'x-two': ['a', 'b'] });
            const { method, url, headers } = request;
            response.end(
              JSON.stringify({
                method,
                url,
                host: headers.host,
                mine: headers['x-mine'],
                body: Buffer.concat(parts).toString(),
              }),
            );
          });
      }),
    );
    const answer = await localEgress(server).request({
      url: `http://127.0.0.1:${server.port}/path?query=1#part`,
      method: 'POST',
      headers: { 'X-Mine': 'yes', Host: 'other.example' },
      body: 'text',
    });
    expect(answer.status).toBe(201);
    expect(answer.headers['x-two']).toBe('a, b');
    expect(JSON.parse(answer.body.toString())).toEqual({
      method: 'POST',
      url: '/path?query=1',
      host: `127.0.0.1:${server.port}`,
      mine: 'yes',
      body: 'text',
    });
  });

  it('sends a path as it is written, as names in an object store may hold dots', async () => {
    const server = await started(httpServer((request, response) => void response.end(request.url)));
    const answer = await localEgress(server).request({
      url: `http://127.0.0.1:${server.port}/b/../../etc/passwd?x`,
      method: 'GET',
    });
    expect(answer.body.toString()).toBe('/b/../../etc/passwd?x');
  });

  it('goes to the next address when the first does not answer', async () => {
    const server = await started(httpServer((_, response) => void response.end('here'), '127.0.0.1'));
    const egress = localEgress(server, { resolve: async () => ['::1', '127.0.0.9', '127.0.0.1'] });
    const answer = await egress.request({ url: `http://some.test:${server.port}/`, method: 'GET' });
    expect(answer.body.toString()).toBe('here');
  });

  it('keeps connections open for the next request', async () => {
    const server = await started(httpServer((_, response) => void response.end('x')));
    const egress = localEgress(server);
    for (let i = 0; i < 20; i++) await egress.request({ url: `http://127.0.0.1:${server.port}/`, method: 'GET' });
    expect(server.contacts()).toBeLessThanOrEqual(2);
  });

  it('an answer that takes too long ends with the time, however it is spread', async () => {
    const server = await started(
      tcpServer((socket) => {
        socket.once('data', (data) => {
          const path = String(data).split(' ')[1];
          if (path === '/silent') return;
          const text = path === '/body' ? 'HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n' : 'HTTP/1.1 200 OK\r\nx: ';
          socket.write(text);
          const drip = setInterval(() => socket.write('a'), 20);
          socket.on('close', () => clearInterval(drip));
        });
      }),
    );
    for (const path of ['silent', 'headers', 'body']) {
      const began = performance.now();
      const url = `http://127.0.0.1:${server.port}/${path}?key=secret`;
      const error = await failure(localEgress(server).request({ url, method: 'GET', timeoutMs: 300 }));
      expect(error.kind).toBe('timeout');
      expect(error.message).toBe(
        '127.0.0.1: no whole answer within 0.3 s: try again later, or check what slows it down.',
      );
      expect(performance.now() - began).toBeLessThan(3000);
    }
  });

  it('takes no more than it asked for, in body and headers', async () => {
    let sent = 0;
    const server = await started(
      httpServer((request, response) => {
        if (request.url === '/headers') return void response.writeHead(200, { x: 'a'.repeat(40_000) }).end();
        const more = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536))) sent += 65_536;
          if (!response.destroyed) response.once('drain', more);
        };
        more();
      }),
    );
    const url = `http://127.0.0.1:${server.port}/`;
    const egress = localEgress(server);
    expect((await failure(egress.request({ url, method: 'GET', maxBytes: 100_000 }))).kind).toBe('too-large');
    expect((await failure(egress.request({ url: `${url}headers`, method: 'GET' }))).kind).toBe('too-large');
    expect(sent).toBeLessThan(20 * 2 ** 20);
  });

  it('gives a long body as it arrives, at the pace of who reads it', async () => {
    const server = await started(
      httpServer((_, response) => {
        let left = 512;
        const more = (): void => {
          while (left > 0) {
            left--;
            if (!response.write(Buffer.alloc(65_536, left % 256))) return void response.once('drain', more);
          }
          response.end();
        };
        more();
      }),
    );
    const { body } = await localEgress(server).stream({ url: `http://127.0.0.1:${server.port}/`, method: 'GET' });
    let bytes = 0;
    for await (const chunk of body) {
      if (bytes === 0) await new Promise((done) => setTimeout(done, 100));
      bytes += chunk.length;
    }
    expect(bytes).toBe(512 * 65_536);
  });

  it('a body that is left, read or not, lets go of its connection', async () => {
    let closed = 0;
    const server = await started(
      httpServer((request, response) => {
        request.socket.on('close', () => closed++);
        response.write(Buffer.alloc(1000));
      }),
    );
    const egress = localEgress(server);
    const url = `http://127.0.0.1:${server.port}/`;
    for await (const chunk of (await egress.stream({ url, method: 'GET' })).body) if (chunk.length > 0) break;
    await (await egress.stream({ url, method: 'GET' })).body[Symbol.asyncIterator]().return?.();
    await expect.poll(() => closed).toBe(2);
  });

  it('a cut answer is no whole answer', async () => {
    const server = await started(
      tcpServer(
        (socket) => void socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc')),
      ),
    );
    const error = await failure(
      localEgress(server).request({ url: `http://127.0.0.1:${server.port}/`, method: 'GET' }),
    );
    expect(error.kind).toBe('network');
  });

  it('who aborts gets the own reason back, before and during the answer', async () => {
    const server = await started(httpServer((_, response) => void response.write('x')));
    const egress = localEgress(server);
    const url = `http://127.0.0.1:${server.port}/`;
    const reason = new Error('stopping');
    await expect(egress.request({ url, method: 'GET', signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 50);
    await expect(egress.request({ url, method: 'GET', signal: controller.signal })).rejects.toBe(reason);
  });

  it('says what to do when nothing listens or something else does', async () => {
    const mute = await started(tcpServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n')));
    const url = `http://127.0.0.1:${mute.port}/hook?token=secret`;
    const odd = await failure(localEgress(mute).request({ url, method: 'GET' }));
    expect(odd).toMatchObject({
      kind: 'network',
      message: '127.0.0.1: what answers there does not speak HTTP: check the port.',
    });
    const plain = await failure(localEgress(mute).request({ url: url.replace('http', 'https'), method: 'GET' }));
    expect(plain.message).toBe(
      '127.0.0.1: it does not speak TLS: check whether the URL is to begin with http:// and whether the port is right.',
    );
    await mute.close();
    const gone = await failure(localEgress(mute).request({ url, method: 'GET' }));
    expect(gone).toMatchObject({
      kind: 'network',
      message: '127.0.0.1: nothing listens there: check host and port, and that it is up.',
    });
  });

  it('a header with a line break is not sent', async () => {
    const server = await started(httpServer((_, response) => void response.end()));
    const url = `http://127.0.0.1:${server.port}/`;
    const error = await failure(localEgress(server).request({ url, method: 'GET', headers: { x: 'a\r\nb: c' } }));
    expect(error.kind).toBe('refused');
    expect(server.contacts()).toBe(0);
  });
});

describe('TLS', () => {
  it('a name is verified against the certificate, with the extra authority of the configuration', async () => {
    const server = await started(httpsServer(certificate, (_, response) => void response.end('safe')));
    const caFile = join(tlsFolder, 'ca.pem');
    const get = (host: string, policy: EgressPolicy): Promise<{ body: Buffer }> =>
      localEgress(server, policy).request({ url: `https://${host}:${server.port}/`, method: 'GET' });
    expect((await get('hooks.test', { caFile })).body.toString()).toBe('safe');
    expect((await get('hooks.test.', { caFile })).body.toString()).toBe('safe');
    expect((await get('127.0.0.1', { caFile })).body.toString()).toBe('safe');
    expect((await failure(get('other.test', { caFile }))).message).toMatch(
      /^other\.test: its certificate is for another name/,
    );
    expect((await failure(get('hooks.test', {}))).message).toMatch(
      /issuer unknown here: name a PEM file .* net\.ca_file/,
    );
  });
});

describe('the policy', () => {
  it('an allowed name opens private addresses and nothing else; other names stay closed', async () => {
    const server = await started(httpServer((_, response) => void response.end('x')));
    const port = server.port;
    const policy = { allow: ['minio.corp.test', '*.lab.test'], ports: [port] };
    const status = async (host: string, address: string): Promise<unknown> => {
      const egress = createEgress({ ...policy, resolve: async () => [address] });
      open.push(egress);
      return egress.request({ url: `http://${host}:${port}/`, method: 'GET' }).then(
        (answer) => answer.status,
        (error: EgressError) => error.kind,
      );
    };
    expect(await status('minio.corp.test', '127.0.0.1')).toBe(200);
    expect(await status('MINIO.corp.test.', '127.0.0.1')).toBe(200);
    expect(await status('a.lab.test', '127.0.0.1')).toBe(200);
    expect(await status('lab.test', '127.0.0.1')).toBe('refused');
    expect(await status('xlab.test', '127.0.0.1')).toBe('refused');
    expect(await status('evil-minio.corp.test', '127.0.0.1')).toBe('refused');
    expect(await status('minio.corp.test', '169.254.169.254')).toBe('refused');
    expect(await status('minio.corp.test', '0.0.0.0')).toBe('refused');
  });

  it('a network opens only what it is no wider than', async () => {
    const server = await started(httpServer((_, response) => void response.end('x')));
    const kind = (allow: string[], url: string): Promise<string> => {
      const egress = createEgress({ allow, ports: [server.port] });
      open.push(egress);
      return egress.request({ url: `http://${url}:${server.port}/`, method: 'GET', timeoutMs: 500 }).then(
        (answer) => String(answer.status),
        (error: EgressError) => error.kind,
      );
    };
    expect(await kind(['127.0.0.0/8'], '127.0.0.1')).toBe('200');
    expect(await kind(['127.0.0.1'], '127.0.0.1')).toBe('200');
    expect(await kind(['127.0.0.1'], '127.0.0.2')).toBe('refused');
    expect(await kind(['0.0.0.0/0', '::/0'], '127.0.0.1')).toBe('refused');
    expect(await kind(['0.0.0.0/0', '169.0.0.0/8'], '169.254.169.254')).toBe('refused');
  });

  it.each([
    [{ allow: ['http://x/'] }, 'net.allow: "http://x/" is neither a host name'],
    [{ allow: ['10.0.0.0/33'] }, 'net.allow: "10.0.0.0/33" is neither'],
    [{ allow: [''] }, 'net.allow: "" is neither'],
    [{ ports: [0] }, 'net.ports: 0 is no port'],
    [{ ports: [70_000] }, 'net.ports: 70000 is no port'],
    [
      { proxy: 'socks5://user:secret@proxy' },
      'net.proxy is no URL of an HTTP proxy: write it as http://proxy.corp.example:3128.',
    ],
    [{ caFile: '/nowhere/ca.pem' }, 'net.ca_file: /nowhere/ca.pem cannot be read'],
    [{ caFile: join(tlsFolder, 'README.md') }, 'holds no certificate in PEM form'],
  ] as [EgressPolicy, string][])('%j is refused in words', (policy, message) => {
    expect(() => createEgress(policy)).toThrow(message);
  });
});

describe('with a proxy', () => {
  /** Speaks CONNECT and plain forwarding, and leads every name to this machine. */
  async function proxyServer(seen: string[]): Promise<LocalServer> {
    return await started(
      tcpServer((socket) => {
        socket.once('data', (data) => {
          const text = data.toString('latin1');
          const [method, target = ''] = text.split(' ');
          seen.push(`${method} ${target} ${/proxy-authorization: (\S+ \S+)/i.exec(text)?.[1] ?? '-'}`);
          const port = Number(/:(\d+)/.exec(target.replace(/^http:\/\//, ''))?.[1]);
          const onward = tcpConnect(port, '127.0.0.1', () => {
            if (method === 'CONNECT') socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
            else onward.write(data);
            socket.pipe(onward).pipe(socket);
          });
          onward.on('error', () => socket.destroy());
          socket.on('close', () => onward.destroy());
        });
      }),
    );
  }

  it('names go through it with its password, allowed ones go directly, addresses inside stay closed', async () => {
    const seen: string[] = [];
    const [plain, safe, proxy] = [
      await started(
        httpServer(
          (request, response) => void response.end(`plain ${request.headers['proxy-authorization'] ?? 'clean'}`),
        ),
      ),
      await started(httpsServer(certificate, (_, response) => void response.end('safe'))),
      await proxyServer(seen),
    ];
    const asked: string[] = [];
    const egress = createEgress({
      allow: ['direct.test'],
      ports: [plain.port, safe.port],
      proxy: `http://user:secret@127.0.0.1:${proxy.port}`,
      caFile: join(tlsFolder, 'ca.pem'),
      resolve: async (host) => {
        asked.push(host);
        return ['127.0.0.1'];
      },
    });
    open.push(egress);
    const get = async (url: string): Promise<string> => (await egress.request({ url, method: 'GET' })).body.toString();
    expect(await get(`https://hooks.test:${safe.port}/`)).toBe('safe');
    expect(await get(`http://hooks.test:${plain.port}/x`)).toMatch(/^plain/);
    const login = `Basic ${Buffer.from('user:secret').toString('base64')}`;
    expect(seen).toEqual([
      `CONNECT hooks.test:${safe.port} ${login}`,
      `GET http://hooks.test:${plain.port}/x ${login}`,
    ]);
    expect(asked).toEqual([]);
    expect(await get(`http://direct.test:${plain.port}/`)).toBe('plain clean');
    expect(seen.length).toBe(2);
    for (const host of [
      '127.0.0.1',
      '[::1]',
      '169.254.169.254',
      'localhost',
      'a.localhost',
      'redis',
      'metadata.google.internal',
    ])
      expect((await failure(get(`http://${host}:${plain.port}/`))).kind).toBe('refused');
    expect(seen.length).toBe(2);
    expect((await failure(get(`https://other.test:${safe.port}/`))).message).not.toContain('secret');
  });
});
