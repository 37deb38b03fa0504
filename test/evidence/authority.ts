import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

// A time-stamping authority by another hand: OpenSSL answers, and checks what was stored.

export interface Authority {
  folder: string;
  url: string;
  /** PEM files: of who certified it, of itself, and of a stranger. */
  ca: string;
  certificate: string;
  /** How often it was asked. */
  asked(): number;
  /** What it answers instead. */
  instead(answer: { status?: number; body?: Buffer } | undefined): void;
  close(): Promise<void>;
}

export type KeyKind = 'rsa' | 'ec';

const openssl = (folder: string, ...args: string[]): void =>
  void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });

const keyArgs: Record<KeyKind, string[]> = {
  rsa: ['-newkey', 'rsa:2048'],
  ec: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
};

const configuration = (digest: string) => `
[req]
distinguished_name = dn
[dn]
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[stamps]
basicConstraints = CA:FALSE
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = tsa_config
[tsa_config]
serial = serial
crypto_device = builtin
signer_digest = ${digest}
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = ${digest}
`;

export async function startAuthority(
  folder: string,
  { kind = 'rsa', digest = 'sha256' }: { kind?: KeyKind; digest?: string } = {},
): Promise<Authority> {
  writeFileSync(join(folder, 'tsa.cnf'), configuration(digest));
  writeFileSync(join(folder, 'serial'), '01\n');
  const common = ['-config', 'tsa.cnf', '-nodes', '-sha256'];
  openssl(
    folder,
    'req',
    '-x509',
    ...common,
    ...keyArgs[kind],
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-subj',
    '/CN=Test CA',
    '-days',
    '30',
    '-extensions',
    'ca',
  );
  openssl(
    folder,
    'req',
    '-new',
    ...common,
    ...keyArgs[kind],
    '-keyout',
    'tsa.key',
    '-out',
    'tsa.csr',
    '-subj',
    '/O=Test/CN=Test TSA',
  );
  openssl(
    folder,
    'x509',
    '-req',
    '-in',
    'tsa.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-out',
    'tsa.pem',
    '-days',
    '20',
    '-sha256',
    '-extfile',
    'tsa.cnf',
    '-extensions',
    'stamps',
  );
  let [count, instead]: [number, { status?: number; body?: Buffer } | undefined] = [0, undefined];
  const server: Server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      count++;
      response.writeHead(instead?.status ?? 200, { 'content-type': 'application/timestamp-reply' });
      response.end(instead === undefined ? answerTo(folder, Buffer.concat(pieces)) : (instead.body ?? ''));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    folder,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tsa`,
    ca: join(folder, 'ca.pem'),
    certificate: join(folder, 'tsa.pem'),
    asked: () => count,
    instead: (answer) => {
      instead = answer;
    },
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}

/** What the authority answers to a question (RFC 3161). */
export function answerTo(folder: string, question: Buffer): Buffer {
  writeFileSync(join(folder, 'question.tsq'), question);
  openssl(
    folder,
    'ts',
    '-reply',
    '-config',
    'tsa.cnf',
    '-section',
    'tsa_config',
    '-queryfile',
    'question.tsq',
    '-inkey',
    'tsa.key',
    '-signer',
    'tsa.pem',
    '-out',
    'answer.tsr',
  );
  return readFileSync(join(folder, 'answer.tsr'));
}

/** Whether OpenSSL takes a stored stamp for these bytes. */
export function opensslVerifies(folder: string, stamp: Buffer, data: Buffer): boolean {
  writeFileSync(join(folder, 'stored.tsr'), stamp);
  writeFileSync(join(folder, 'data'), data);
  try {
    openssl(folder, 'ts', '-verify', '-data', 'data', '-in', 'stored.tsr', '-CAfile', 'ca.pem');
    return true;
  } catch {
    return false;
  }
}
