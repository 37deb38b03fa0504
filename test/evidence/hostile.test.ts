import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { halflight, run, temporaryFolder, writeFiles } from '../helpers/cli.js';
import { random } from '../helpers/random.js';
import { type Files, filesOf, withManifest, withNote, type ZipOddities, zipOf } from './archive.js';
import { checkBoth, type MadeBundle, makeBundle } from './bundle.js';

// EVIDENCE_HOSTILE=10000 is the full size.
const mutations = Number(process.env.EVIDENCE_HOSTILE ?? 300);
const date = ((2026 - 1980) << 9) | (4 << 5) | 1;

let bundle: MadeBundle;
let files: Files;
beforeAll(async () => {
  bundle = await makeBundle();
  files = await filesOf(bundle.bytes);
});

const odd = (oddities: ZipOddities): Buffer => zipOf(files, date, oddities);
const renamed = (from: string, to: string): Buffer =>
  zipOf(
    [...files].map(([name, text]) => [name === from ? to : name, text] as const),
    date,
  );
const plus = (name: string, text = 'more'): Buffer => zipOf([...files, [name, Buffer.from(text)]], date);

/** By name, archives that no honest program makes. */
const hostile: Record<string, () => Buffer> = {
  'a path that leaves the folder': () => plus('../../escape'),
  'an absolute path': () => plus('/tmp/escape'),
  'a path of Windows': () => plus('C:\\escape'),
  'a folder': () => plus('folder/file'),
  'a name with NUL': () => plus('usage.csv\0.sh'),
  'an empty name': () => plus(''),
  'a file twice': () => zipOf([...files, ['usage.csv', files.get('usage.csv') ?? Buffer.alloc(0)]], date),
  'a script beside it': () => plus('report.html', '<script>alert(1)</script>'),
  'a file by the name of another': () => renamed('usage.csv', 'USAGE.CSV'),
  'a link': () => odd({ mode: { 'usage.csv': 0o120777 } }),
  'a program': () => odd({ mode: { 'usage.csv': 0o100755 } }),
  'an encrypted file': () => odd({ flags: { 'usage.csv': 1 } }),
  'sizes behind the file': () => odd({ flags: { 'usage.csv': 8 } }),
  'another name before the file': () => odd({ localName: { 'usage.csv': 'usage.exe' } }),
  'a program in front': () => odd({ before: Buffer.from('#!/bin/sh\n') }),
  'something between files and directory': () => odd({ between: Buffer.from('hidden') }),
  'something behind the end': () => odd({ behind: Buffer.from('hidden') }),
  'another archive behind the end': () => odd({ behind: bundle.bytes }),
  'a comment': () => odd({ comment: 'hidden' }),
  'files that are stored': () => odd({ store: true }),
  'more files than there are': () => odd({ count: 65535 }),
  'no files': () => zipOf([], date),
  'a size that is a lie': () => odd({ states: { 'usage.csv': 0xffffffff } }),
  nothing: () => Buffer.alloc(0),
  zeros: () => Buffer.alloc(100_000),
  'an end alone': () => Buffer.concat([Buffer.from('PK\x05\x06'), Buffer.alloc(18)]),
  'a bomb': () =>
    zipOf(
      [...files].map(([name, text]) => [name, name === 'usage.csv' ? Buffer.alloc(50_000_000) : text] as const),
      date,
    ),
  'a manifest that fills the memory': () =>
    zipOf(
      [...files].map(([name, text]) => [name, name === 'manifest.json' ? Buffer.alloc(5_000_000, 32) : text] as const),
      date,
    ),
};

/** Signed by the right key, and yet not what a bundle is: an installation that was taken over is to be found out as well. */
const signed = (change: (files: Files) => void): Buffer => {
  const changed = new Map(files);
  change(changed);
  return zipOf(withNote(withManifest(changed), 'halflight/log', bundle.privateKey, bundle.publicKey), date);
};
const replace =
  (name: string, from: string | RegExp, to: string | ((match: string, group: string) => string)) =>
  (all: Files): void => {
    const text = all.get(name)?.toString() ?? '';
    const changed = typeof to === 'string' ? text.replace(from, to) : text.replace(from, to);
    expect(changed, `${name} has ${from}`).not.toBe(text);
    all.set(name, Buffer.from(changed));
  };

const dishonest: Record<string, [change: (files: Files) => void, code: string]> = {
  'a number that its parts do not give': [replace('numbers.ndjson', /"events":\d+/, '"events":7777'), 'number'],
  'a part that is larger': [replace('numbers.ndjson', /("parts":\[\{[^}]*"events":)\d+/, '$17777'), 'number'],
  'a number of a spreadsheet': [
    replace('usage.csv', /\r\n1,([^\r]*),(\d+),(\d+),(\d+),(\d+),/, '\r\n1,$1,9$2,$3,$4,$5,'),
    'number',
  ],
  'a sum': [replace('summary.json', /"events": \d+/, '"events": 1'), 'number'],
  'lines that the input does not have': [replace('numbers.ndjson', /"lines":\[1,\d+\]/, '"lines":[1,9999]'), 'number'],
  'a piece of input that is gone': [(all) => void all.set('chunks.ndjson', Buffer.alloc(0)), 'number'],
  'records that do not add up': [replace('chunks.ndjson', /"rejected":\d+/, '"rejected":99'), 'record'],
  'a record of another line': [replace('evidence.ndjson', /"line":\d+/, '"line":3'), 'record'],
  'a line behind the last': [replace('evidence.ndjson', /"line":\d+/, '"line":999999'), 'record'],
  'a record without a hash': [
    replace('evidence.ndjson', /"record_sha256":"[0-9a-f]+"/, '"record_sha256":""'),
    'record',
  ],
  'a finding of another service': [replace('findings.ndjson', /"service":"[a-z-]+"/, '"service":"other"'), 'record'],
  'parts that cancel each other': [
    replace('numbers.ndjson', /"parts":\[(\{[^}]*\{\}\})/, (_, part: string) => {
      const minus = part.replace(/"events":\d+/, '"events":-5');
      const plus = part.replace(/"events":\d+/, '"events":5');
      return `"parts":[${part},${[minus, plus].map((p) => p.replace(/"(attempts|bytes_\w+)":\d+/g, '"$1":0')).join()}`;
    }),
    'number',
  ],
  'money that is no number': [replace('numbers.ndjson', '"spend":{}', '"spend":{"EUR":"5"}'), 'number'],
  'money of no currency': [
    replace('numbers.ndjson', /("parts":\[\{[^}]*)"spend":\{\}/, '$1"spend":{"__proto__":5}'),
    'number',
  ],
  'no money at all': [replace('numbers.ndjson', '"spend":{}', '"spend":null'), 'number'],
  'numbers beyond what is added exactly': [
    replace(
      'numbers.ndjson',
      /"rest":null/,
      '"rest":{"events":9007199254740993,"attempts":0,"bytes_out":0,"bytes_in":0,"spend":{}}',
    ),
    'number',
  ],
  'a day that is none': [replace('numbers.ndjson', /"day":"[^"]+"/, '"day":["x"]'), 'number'],
  'columns of a spreadsheet that changed names': [replace('usage.csv', 'events,attempts', 'attempts,events'), 'number'],
  'a spreadsheet that reads in two ways': [replace('usage.csv', /\r\n1,([^,]*),/, '\r\n1,"$1"7,'), 'number'],
  'a quotation mark in a spreadsheet': [replace('usage.csv', /\r\n1,([^,]*),/, '\r\n1,$1",'), 'number'],
  'a row of a spreadsheet within another': [replace('usage.csv', /\r\n2,/, '\r2,'), 'number'],
  'a finding that is nested too deep': [
    replace('findings.ndjson', /"verdict":"[^"]+"/, () => `"verdict":${'['.repeat(100_000)}${']'.repeat(100_000)}`),
    'record',
  ],
  'a line that is no JSON': [(all) => void all.set('coverage.ndjson', Buffer.from('[}\n')), 'record'],
  'an inventory of another version': [replace('inventory.json', /"hash": "[0-9a-f]{8}/, '"hash": "00000000'), 'record'],
  'an audit checkpoint of nobody': [
    (all) => void all.set('audit-checkpoint.txt', Buffer.from('x\n\n\u2014 x eHh4\n')),
    'signature',
  ],
};

describe('A26 a hostile bundle', () => {
  for (const [name, make] of Object.entries(hostile))
    it(`is refused with ${name}`, async () => {
      const { ok, codes } = await checkBoth(make(), bundle.key);
      expect(ok).toBe(false);
      expect(['archive', 'signature', 'file']).toContain(codes[0]);
    });

  for (const [name, [change, code]] of Object.entries(dishonest))
    it(`that is signed by the right key is refused with ${name}`, async () => {
      const { ok, codes } = await checkBoth(signed(change), bundle.key);
      expect(ok).toBe(false);
      expect(codes).toContain(code);
    });

  it('that is signed by the right key does not unpack beyond what it states', async () => {
    const huge = deflateRawSync(Buffer.alloc(200_000_000, 32));
    const { createHash } = await import('node:crypto');
    const honest = withManifest(files);
    const manifest = JSON.parse(honest.get('manifest.json')?.toString() ?? '') as {
      files: { name: string; packed: { bytes: number; sha256: string } }[];
    };
    const readme = manifest.files.find(({ name }) => name === 'README.txt');
    if (readme === undefined) throw new Error('no README.txt');
    readme.packed = { bytes: huge.length, sha256: createHash('sha256').update(huge).digest('hex') };
    honest.set('manifest.json', Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
    const all = withNote(honest, 'halflight/log', bundle.privateKey, bundle.publicKey);
    const before = process.memoryUsage().rss;
    const { codes } = await checkBoth(zipOf(all, date, { packed: { 'README.txt': huge } }), bundle.key);
    expect(codes).toEqual(['file']);
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  });

  it('that is signed by the right key is refused with records of the audit log that are not proved', async () => {
    const args = ['--data', 'data', '--from', '2026-03-01', '--until', '2090-01-01', '--out', 'audit.zip'];
    expect((await halflight(['evidence', ...args], { cwd: bundle.folder })).code).toBe(0);
    const all = await filesOf(readFileSync(join(bundle.folder, 'audit.zip')));
    const [first = '', ...rest] = (all.get('audit.ndjson')?.toString() ?? '').trimEnd().split('\n');
    const packed = (change: object): Buffer => {
      const lines = [JSON.stringify({ ...(JSON.parse(first) as object), ...change }), ...rest];
      const changed = withManifest(new Map(all).set('audit.ndjson', Buffer.from(`${lines.join('\n')}\n`)));
      const noted = withNote(changed, 'halflight/log', bundle.privateKey, bundle.publicKey);
      return zipOf(noted, ((2090 - 1980) << 9) | (1 << 5) | 1);
    };
    expect(await checkBoth(packed({}), bundle.key)).toEqual({ ok: true, codes: [] });
    expect(await checkBoth(packed({ withheld: true, subject: null, details: null }), bundle.key)).toMatchObject({
      ok: true,
    });
    for (const change of [
      { withheld: true },
      { withheld: true, subject: null, details: '{"approved":true}' },
      { withheld: 1, subject: null, details: null },
      { subject: null },
      { who: 'cli:eve' },
      { at: 1.5 },
      { proof: [[]] },
      { proof: [], seq: 2 },
      { seq: 0 },
    ])
      expect((await checkBoth(packed(change), bundle.key)).codes, JSON.stringify(change)).toContain('audit');
  });

  it('that states more than an archive can hold is not unpacked', async () => {
    const all = withManifest(files);
    const text = all.get('manifest.json')?.toString() ?? '';
    const stated = text.replace(/("name": "README.txt",\s+"records": null,\s+"bytes": )\d+/, '$19007199254740991');
    expect(stated).not.toBe(text);
    all.set('manifest.json', Buffer.from(stated));
    const note = withNote(all, 'halflight/log', bundle.privateKey, bundle.publicKey);
    expect(await checkBoth(zipOf(note, date), bundle.key)).toEqual({ ok: false, codes: ['file'] });
  });

  it('with a manifest that is nested too deep is refused', async () => {
    const all = new Map(files);
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const text = all.get('manifest.json')?.toString() ?? '';
    all.set('manifest.json', Buffer.from(text.replace(/"product": "[^"]+"/, `"product": ${deep}`)));
    const note = withNote(all, 'halflight/log', bundle.privateKey, bundle.publicKey);
    expect(await checkBoth(zipOf(note, date), bundle.key)).toEqual({ ok: false, codes: ['manifest'] });
  });

  it(`is never good, and nothing is written, each of ${mutations} times`, async () => {
    const folder = temporaryFolder();
    const before = process.cwd();
    process.chdir(folder);
    try {
      const next = random(7);
      const pick = (below: number): number => Math.floor(next() * below);
      const makers = Object.values(hostile).filter((make) => make().length < 1_000_000);
      for (let i = 0; i < mutations; i++) {
        const bytes = Buffer.from(makers[pick(makers.length)]?.() ?? Buffer.alloc(0));
        for (let n = pick(6); n > 0 && bytes.length > 0; n--) bytes[pick(bytes.length)] = pick(256);
        expect((await checkBoth(bytes, bundle.key)).ok).toBe(false);
      }
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      process.chdir(before);
    }
  }, 3_600_000);

  it('leaves nothing behind when the commands read it', async () => {
    const folder = temporaryFolder();
    const names = Object.keys(hostile).slice(0, 6);
    writeFiles(folder, Object.fromEntries(names.map((name, i) => [`in/${i}.zip`, hostile[name]?.() ?? ''])));
    const listing = (): string[] => readdirSync(folder, { recursive: true }).map(String).sort();
    const before = listing();
    for (const [i] of names.entries()) {
      const args = [join(folder, `in/${i}.zip`), '--key', bundle.key];
      const own = await run(process.execPath, ['bin/halflight.js', 'verify', ...args]);
      const other = await run(process.execPath, ['verifier/halflight-verify.mjs', ...args]);
      expect([own.code, other.code]).toEqual([1, 1]);
    }
    expect(listing()).toEqual(before);
  });
});
