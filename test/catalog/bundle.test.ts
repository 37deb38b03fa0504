import { generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BundleError, fingerprintOf, loadBundle, readBundle, writeBundle } from '../../src/catalog/bundle.js';
import { compileCatalog } from '../../src/catalog/compile.js';
import { readSignatureFiles } from '../../src/catalog/load.js';

const keys = generateKeyPairSync('ed25519');
const others = generateKeyPairSync('ed25519');
const signature = (id: string): string =>
  `id: ${id}\nname: A\nsummary: s\ncategory: chat\nvendor: { name: A }\nchecked: 2026-11-22\nsources: [{ name: n }]\nhosts: [${id}.example]\nexamples: { hit: [${id}.example], miss: [b.example] }\n`;
const files = ['alpha', 'beta'].map((id) => ({ name: `${id}.yaml`, bytes: Buffer.from(signature(id)) }));
const { services } = readSignatureFiles(files.map(({ name, bytes }) => ({ file: name, text: bytes.toString() })));
const about = {
  version: 12,
  created: '2026-11-22',
  expires: '2027-11-22',
  hash: compileCatalog(services).hash,
  services: 2,
};
const bundle = writeBundle(files, about, keys);

/** A bundle whose signature holds, of any manifest and body. */
function forged(manifest: unknown, body: Uint8Array = Buffer.alloc(0)): Buffer {
  const signed = Buffer.from(`halflight-catalog 1\n${JSON.stringify(manifest)}\n`);
  return Buffer.concat([signed, Buffer.from(`${sign(null, signed, keys.privateKey).toString('base64')}\n`), body]);
}
const manifestOf = (of: Buffer): Record<string, unknown> =>
  JSON.parse(of.toString().split('\n')[1] ?? '') as Record<string, unknown>;
const refusal = (bytes: Uint8Array, key = keys.publicKey): string => {
  try {
    loadBundle(readBundle(bytes, key), 'x');
    return 'accepted';
  } catch (error) {
    expect(error).toBeInstanceOf(BundleError);
    return error instanceof Error ? error.message : '';
  }
};

describe('a bundle', () => {
  it('gives back what was put in, under the key that signed it', () => {
    const read = readBundle(bundle, keys.publicKey);
    expect(read).toMatchObject({ verified: true, manifest: { ...about, key: fingerprintOf(keys.publicKey) } });
    expect(read.files.map(({ name, bytes }) => [name, Buffer.from(bytes).toString()])).toEqual(
      files.map(({ name, bytes }) => [name, bytes.toString()]),
    );
    expect(compileCatalog(loadBundle(read, 'x').services).hash).toBe(about.hash);
  });

  it('has the same bytes in whatever order its files came', () =>
    expect(writeBundle(files.toReversed(), about, keys).equals(bundle)).toBe(true));

  it('can be looked at without a key, and says that it was not verified', () =>
    expect(readBundle(bundle, undefined).verified).toBe(false));

  it('of another key is refused, and names both keys', () => {
    const said = refusal(bundle, others.publicKey);
    expect(said).toContain(fingerprintOf(keys.publicKey).slice(0, 16));
    expect(said).toContain(fingerprintOf(others.publicKey).slice(0, 16));
  });

  it('in which one byte is changed, added or missing is refused, wherever that is', () => {
    fc.assert(
      fc.property(
        fc.nat(bundle.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.constantFrom('change', 'insert', 'cut', 'end'),
        (at, by, how) => {
          const changed = Buffer.from(bundle);
          changed[at] = ((changed[at] ?? 0) + by) & 255;
          const [before, after] = [bundle.subarray(0, at), bundle.subarray(at)];
          const bytes = {
            change: changed,
            insert: Buffer.concat([before, Buffer.from([by]), after]),
            cut: Buffer.concat([before, after.subarray(1)]),
            end: before,
          }[how];
          if (bytes.equals(bundle)) return;
          expect(refusal(bytes)).not.toBe('accepted');
        },
      ),
      { seed: 20261126, numRuns: 500 },
    );
  });

  const [file] = manifestOf(bundle).files as Record<string, unknown>[];
  it.each<[what: string, bytes: Uint8Array, says: string]>([
    ['that is something else', Buffer.from('PK\u0003\u0004'), 'no catalog bundle'],
    ['that is empty', Buffer.alloc(0), 'no catalog bundle'],
    ['of a later layout', Buffer.from('halflight-catalog 2\n{}\n'), 'update Halflight first'],
    [
      'whose file leaves its folder',
      forged({ ...manifestOf(bundle), files: [{ ...file, name: '../alpha.yaml' }] }),
      'manifest cannot be used',
    ],
    [
      'whose file has an absolute name',
      forged({ ...manifestOf(bundle), files: [{ ...file, name: '/etc/x.yaml' }] }),
      'manifest cannot be used',
    ],
    [
      'whose file is hidden',
      forged({ ...manifestOf(bundle), files: [{ ...file, name: '.x.yaml' }] }),
      'manifest cannot be used',
    ],
    [
      'whose file is no signature',
      forged({ ...manifestOf(bundle), files: [{ ...file, name: 'run.js' }] }),
      'manifest cannot be used',
    ],
    [
      'with a file twice',
      forged({ ...manifestOf(bundle), files: [file, file] }, Buffer.concat([...files.map(({ bytes }) => bytes)])),
      'out of order',
    ],
    ['with a field that nobody knows', forged({ ...manifestOf(bundle), run: 'x' }), 'manifest cannot be used'],
    [
      'with a file larger than it may be',
      forged({ ...manifestOf(bundle), files: [{ ...file, bytes: 2 ** 30 }] }),
      'manifest cannot be used',
    ],
    ['with a version that is no number', forged({ ...manifestOf(bundle), version: '13' }), 'manifest cannot be used'],
    ['with a day that is none', forged({ ...manifestOf(bundle), expires: '2026-13-01' }), 'manifest cannot be used'],
    ['whose manifest is no JSON', forged(undefined), 'no JSON'],
    [
      'with another content hash',
      forged({ ...manifestOf(bundle), hash: '0'.repeat(64) }, Buffer.concat(files.map(({ bytes }) => bytes))),
      'content hash',
    ],
  ])('%s is refused', (_what, bytes, says) => expect(refusal(bytes)).toContain(says));

  it('takes no file that a bundle cannot hold', () =>
    expect(() => writeBundle([{ name: '../x.yaml', bytes: Buffer.alloc(1) }], about, keys)).toThrow(BundleError));
});

it('the content hash does not change with lists that a later schema adds', () => {
  const [first] = services;
  const later = { ...first, gadgets: [], wearable: false, tells: {} };
  const odd = { ...first, summary: 'says "packages":[], and "x":false too' };
  const hash = (list: unknown[]): string => compileCatalog(list as typeof services).hash;
  expect(hash([later])).toBe(hash([first]));
  expect(hash([odd])).not.toBe(hash([{ ...odd, summary: 'says  and  too' }]));
});
