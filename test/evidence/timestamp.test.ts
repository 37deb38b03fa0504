import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readVerifierKey } from '../../src/core/signed-note.js';
import { askForStamp } from '../../src/evidence/timestamp/ask.js';
import { readStored } from '../../src/evidence/timestamp/response.js';
import { readCertificate, trustFault } from '../../src/evidence/timestamp/trust.js';
import { checkBundle } from '../../src/evidence/verify/check.js';
import { ofBytes } from '../../src/evidence/verify/source.js';
import { createEgress } from '../../src/net/egress.js';
import * as verifier from '../../verifier/halflight-verify.mjs';
import { halflight, root, run, temporaryFolder } from '../helpers/cli.js';
import { random } from '../helpers/random.js';
import { type Files, filesOf, zipOf } from './archive.js';
import { type Authority, opensslVerifies, startAuthority } from './authority.js';
import { type MadeBundle, makeBundle } from './bundle.js';

// EVIDENCE_STAMPS=20000 is the full size.
const mutations = Number(process.env.EVIDENCE_STAMPS ?? 600);
const date = ((2026 - 1980) << 9) | (4 << 5) | 1;

let bundle: MadeBundle;
let authority: Authority;
let stamped: Buffer;
let files: Files;
const args = ['evidence', '--data', 'data', '--from', '2026-03-01', '--until', '2026-04-01', '--json'];
const make = (out: string, ...more: string[]) =>
  halflight([...args, '--config', 'halflight.yaml', '--out', out, ...more], { cwd: bundle.folder });

beforeAll(async () => {
  bundle = await makeBundle();
  authority = await startAuthority(temporaryFolder());
  const { port } = new URL(authority.url);
  const net = `net:\n  allow: [127.0.0.1]\n  ports: [${port}]\n`;
  writeFileSync(join(bundle.folder, 'halflight.yaml'), `${net}evidence:\n  timestamp_url: ${authority.url}\n`);
  const made = await make('stamped.zip');
  expect(made.code, made.stderr).toBe(0);
  expect(JSON.parse(made.stdout)).toMatchObject({ timestamp: { at: expect.stringMatching(/Z$/) } });
  stamped = readFileSync(join(bundle.folder, 'stamped.zip'));
  files = await filesOf(stamped);
}, 120_000);
afterAll(() => authority.close());

/** What both verifiers say by the key and a certificate, which has to be the same. */
async function checked(bytes: Buffer, certificate?: string) {
  const [own, other] = [readVerifierKey(bundle.key), verifier.readKey(bundle.key)];
  if (own === undefined || other === undefined) throw new Error('no key');
  const pem = certificate && readFileSync(certificate, 'utf8');
  const ours = await checkBundle(ofBytes(bytes), own, pem ? readCertificate(pem) : undefined);
  const authorityOf = pem ? (verifier.readCertificate(pem) ?? undefined) : undefined;
  const theirs = await verifier.checkBundle(verifier.bufferSource(bytes), other, authorityOf);
  const told = ({ ok, problems, timestamp }: typeof ours | typeof theirs) => ({
    ok,
    codes: problems.map(({ code }) => code),
    timestamp,
  });
  expect(told(theirs)).toEqual(told(ours));
  return { ...told(ours), messages: [...ours.problems, ...theirs.problems].map(({ message }) => message).join('\n') };
}
const withStamp = (stamp: Buffer): Buffer => zipOf(new Map(files).set('timestamp.tsr', stamp), date);

describe('a bundle with a time stamp', () => {
  it('is good with it and without it, and says whose it is where that is asked for', async () => {
    const without = zipOf(
      [...files].filter(([name]) => name !== 'timestamp.tsr'),
      date,
    );
    expect(await checked(without)).toMatchObject({ ok: true, timestamp: null });
    expect(await checked(stamped)).toMatchObject({ ok: true, timestamp: { trusted: false } });
    for (const certificate of [authority.ca, authority.certificate])
      expect(await checked(stamped, certificate)).toMatchObject({
        ok: true,
        timestamp: { trusted: true, by: 'O=Test, CN=Test TSA' },
      });
    // Who asks for an authority asks for a stamp.
    expect(await checked(without, authority.ca)).toMatchObject({ ok: false, codes: ['timestamp'] });
  });

  it('holds what OpenSSL takes for the signed note, and for nothing else', () => {
    const [stamp, note] = [files.get('timestamp.tsr'), files.get('manifest.note')];
    if (stamp === undefined || note === undefined) return expect.fail();
    expect(opensslVerifies(authority.folder, stamp, note)).toBe(true);
    expect(opensslVerifies(authority.folder, stamp, Buffer.concat([note, Buffer.from('x')]))).toBe(false);
  });

  it('is refused where a certificate was not valid at its time, or is not for time stamps alone', () => {
    const token = readStored(files.get('timestamp.tsr') ?? Buffer.alloc(0));
    const ca = readCertificate(readFileSync(authority.ca, 'utf8')) ?? expect.fail();
    expect(trustFault(token, ca)).toBeUndefined();
    expect(trustFault({ ...token, at: Date.parse('2001-01-01') }, ca)).toContain('not valid');
    expect(trustFault({ ...token, at: Date.parse('2101-01-01') }, ca)).toContain('not valid');
    expect(trustFault({ ...token, signer: ca }, ca)).toContain('not for time stamps alone');
  });

  it('is refused with the stamp of another bundle and of another authority', async () => {
    const note = files.get('manifest.note') ?? Buffer.alloc(0);
    const other = await startAuthority(temporaryFolder(), { kind: 'ec', digest: 'sha384' });
    const ports = [other, authority].map(({ url }) => Number(new URL(url).port));
    const egress = createEgress({ allow: ['127.0.0.1'], ports });
    const stampOf = async (from: Authority, text: Buffer): Promise<Buffer> => {
      const answer = await askForStamp(egress, from.url, text);
      if ('why' in answer) throw new Error(answer.why);
      return answer.stamp;
    };
    try {
      const foreign = withStamp(await stampOf(authority, Buffer.from('another note')));
      expect(await checked(foreign)).toMatchObject({ ok: false, codes: ['timestamp'] });
      // ECDSA and SHA-384, as OpenSSL signs them.
      const byOther = withStamp(await stampOf(other, note));
      expect(await checked(byOther)).toMatchObject({ ok: true });
      expect(await checked(byOther, other.ca)).toMatchObject({ ok: true, timestamp: { trusted: true } });
      expect(await checked(byOther, authority.ca)).toMatchObject({ ok: false, codes: ['timestamp'] });
    } finally {
      await egress.close();
      await other.close();
    }
  });

  it(`shows each of ${mutations} changes of the stamp`, async () => {
    const stamp = files.get('timestamp.tsr') ?? Buffer.alloc(0);
    const next = random(20261126);
    const pick = (below: number): number => Math.floor(next() * below);
    for (let n = 0; n < mutations; n++) {
      let changed: Buffer = Buffer.from(stamp);
      const kind = n % 5;
      const at = n < 5 * stamp.length ? Math.floor(n / 5) % stamp.length : pick(stamp.length);
      // Bits one behind the other, so that at the full size each byte had its turn.
      if (kind === 0) changed[at] = (changed[at] ?? 0) ^ (1 << pick(8));
      if (kind === 1) changed[pick(stamp.length)] = pick(256);
      if (kind === 2)
        changed = Buffer.concat([stamp.subarray(0, at), Buffer.alloc(1 + pick(4), pick(256)), stamp.subarray(at)]);
      if (kind === 3) changed = Buffer.concat([stamp.subarray(0, at), stamp.subarray(at + 1 + pick(4))]);
      if (kind === 4) changed = stamp.subarray(0, pick(stamp.length));
      if (changed.equals(stamp)) continue;
      const { ok } = await checked(withStamp(changed), authority.ca);
      if (ok) throw new Error(`change ${n} of kind ${kind} at ${at}: not found`);
    }
  }, 3_600_000);

  it('is shown by both commands, with the certificate and without', async () => {
    const file = join(bundle.folder, 'stamped.zip');
    const both = async (...more: string[]) => {
      const own = await halflight(['verify', file, '--key', bundle.key, ...more]);
      const other = await run(process.execPath, [
        join(root, 'verifier/halflight-verify.mjs'),
        file,
        '--key',
        bundle.key,
        ...more,
      ]);
      return [own, other];
    };
    for (const { code, stdout } of await both()) {
      expect(stdout).toMatch(/Time {5}there is a time stamp of \S+Z, not checked: give --tsa-cert/);
      expect(code).toBe(0);
    }
    for (const { code, stdout } of await both('--tsa-cert', authority.ca)) {
      expect(stdout).toMatch(/Time {5}signed before \S+Z, as O=Test, CN=Test TSA says/);
      expect(code).toBe(0);
    }
    for (const { code } of await both('--tsa-cert', join(bundle.folder, 'people.csv'))) expect(code).toBe(2);
    for (const { code } of await both('--tsa-cert', 'no-such.pem')) expect(code).toBe(3);
  });
});

describe('halflight evidence with evidence.timestamp_url', () => {
  const refused = Buffer.from('30053003020102', 'hex');
  for (const [name, answer] of Object.entries({
    'an error': { status: 500 },
    'no time stamp': { body: Buffer.from('hello') },
    'a refusal': { body: refused },
    nothing: {},
  }))
    it(`makes the bundle without a stamp and says so where the authority answers with ${name}`, async () => {
      authority.instead(answer);
      try {
        const out = `without-${name.replaceAll(' ', '-')}.zip`;
        const made = await make(out);
        expect(made.code).toBe(3);
        expect(JSON.parse(made.stdout)).toMatchObject({ timestamp: { missing: expect.any(String) } });
        expect(await checked(readFileSync(join(bundle.folder, out)))).toMatchObject({ ok: true, timestamp: null });
        const none = await make('never.zip', '--require-timestamp');
        expect([none.code, none.stderr]).toEqual([3, expect.stringContaining('no time stamp')]);
        expect(existsSync(join(bundle.folder, 'never.zip'))).toBe(false);
      } finally {
        authority.instead(undefined);
      }
    });

  it('does not take an answer to another question', async () => {
    const again = files.get('timestamp.tsr');
    authority.instead({ body: again ?? Buffer.alloc(0) });
    try {
      const egress = createEgress({ allow: ['127.0.0.1'], ports: [Number(new URL(authority.url).port)] });
      expect(await askForStamp(egress, authority.url, files.get('manifest.note') ?? Buffer.alloc(0))).toEqual({
        why: 'its answer is to another question',
      });
      await egress.close();
    } finally {
      authority.instead(undefined);
    }
  });

  it('asks nobody where none is configured, and refuses to require a stamp then', async () => {
    const before = authority.asked();
    const none = await halflight([...args, '--out', 'none.zip', '--require-timestamp'], { cwd: bundle.folder });
    expect(none.code).toBe(2);
    expect(authority.asked()).toBe(before);
  });
});
