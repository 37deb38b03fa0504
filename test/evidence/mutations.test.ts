import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { askForStamp } from '../../src/evidence/timestamp/ask.js';
import { createEgress } from '../../src/net/egress.js';
import { temporaryFolder } from '../helpers/cli.js';
import { random } from '../helpers/random.js';
import { type Files, filesOf, withManifest, withNote, zipOf } from './archive.js';
import { startAuthority } from './authority.js';
import { checkBoth, type MadeBundle, makeBundle, rawKey } from './bundle.js';

// EVIDENCE_MUTATIONS=100000 EVIDENCE_CLEAN=10000 is the full size.
const mutations = Number(process.env.EVIDENCE_MUTATIONS ?? 1500);
const clean = Number(process.env.EVIDENCE_CLEAN ?? 100);
/** 2026-04-01, as zip has it. */
const date = ((2026 - 1980) << 9) | (4 << 5) | 1;

let bundle: MadeBundle;
/** One with a time stamp and the same one without, and who has to have stamped it. */
let kept: { files: Files; bytes: Buffer; authority: string | undefined }[];
let files: Files;
beforeAll(async () => {
  bundle = await makeBundle();
  files = await filesOf(bundle.bytes);
  const authority = await startAuthority(temporaryFolder());
  const egress = createEgress({ allow: ['127.0.0.1'], ports: [Number(new URL(authority.url).port)] });
  const answer = await askForStamp(egress, authority.url, files.get('manifest.note') ?? Buffer.alloc(0));
  await Promise.all([egress.close(), authority.close()]);
  if ('why' in answer) throw new Error(answer.why);
  const stamped = new Map(files).set('timestamp.tsr', answer.stamp);
  const pem = readFileSync(authority.ca, 'utf8');
  kept = [
    { files, bytes: bundle.bytes, authority: undefined },
    { files: stamped, bytes: zipOf(stamped, date), authority: pem },
  ];
});

const stranger = generateKeyPairSync('ed25519');
const listed = (): string[] => [...files.keys()].filter((name) => !name.startsWith('manifest'));
type Pick = (below: number) => number;

/** Changes of the bytes of an archive. */
const ofBytes: Record<string, (bytes: Buffer, pick: Pick) => Buffer> = {
  'a bit': (bytes, pick) => {
    const at = pick(bytes.length);
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ (1 << pick(8));
    return changed;
  },
  'a byte': (bytes, pick) =>
    Buffer.from(bytes).fill(pick(256), pick(bytes.length), undefined).subarray(0, bytes.length),
  'a few bytes': (bytes, pick) => {
    const at = pick(bytes.length);
    const changed = Buffer.from(bytes);
    for (let i = at; i < Math.min(at + 1 + pick(16), bytes.length); i++) changed[i] = pick(256);
    return changed;
  },
  'cut at the end': (bytes, pick) => bytes.subarray(0, pick(bytes.length)),
  'cut at the beginning': (bytes, pick) => bytes.subarray(1 + pick(bytes.length - 1)),
  'bytes put in': (bytes, pick) => {
    const at = pick(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), Buffer.alloc(1 + pick(64), pick(256)), bytes.subarray(at)]);
  },
  'bytes taken out': (bytes, pick) => {
    const at = pick(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + pick(64))]);
  },
  'parts swapped': (bytes, pick) => {
    const [a, b] = [pick(bytes.length), pick(bytes.length)].sort((x, y) => x - y) as [number, number];
    return Buffer.concat([bytes.subarray(b), bytes.subarray(a, b), bytes.subarray(0, a)]);
  },
};

/** Changes of one text. */
const ofText: ((text: Buffer, pick: Pick) => Buffer)[] = [
  (text, pick) => {
    const digits = [...text.keys()].filter((i) => (text[i] ?? 0) >= 48 && (text[i] ?? 0) <= 57);
    const at = digits[pick(digits.length)];
    const changed = Buffer.from(text);
    if (at !== undefined) changed[at] = 48 + (((changed[at] ?? 48) - 48 + 1 + pick(9)) % 10);
    return changed;
  },
  (text, pick) => {
    const lines = text.toString().split('\n');
    lines.splice(pick(lines.length), 1);
    return Buffer.from(lines.join('\n'));
  },
  (text, pick) => {
    const lines = text.toString().split('\n');
    const at = pick(lines.length);
    return Buffer.from([...lines.slice(0, at), lines[pick(lines.length)], ...lines.slice(at)].join('\n'));
  },
  (text, pick) => {
    const lines = text.toString().split('\n');
    const [a, b] = [pick(lines.length), pick(lines.length)];
    [lines[a], lines[b]] = [lines[b] ?? '', lines[a] ?? ''];
    return Buffer.from(lines.join('\n'));
  },
  (text) => Buffer.concat([text, Buffer.from(' ')]),
  () => Buffer.alloc(0),
];

const changedText = (text: Buffer, pick: Pick): Buffer =>
  (ofText[pick(ofText.length)] ?? ((t: Buffer) => t))(text, pick);
const edited = (pick: Pick, names = listed()): Files => {
  const name = names[pick(names.length)] ?? '';
  return new Map(files).set(name, changedText(files.get(name) ?? Buffer.alloc(0), pick));
};

/** Changes of what an archive holds, packed again. */
const ofFiles: Record<string, (pick: Pick) => Files> = {
  'an edited file': (pick) => edited(pick),
  'an edited file, with its hashes': (pick) => withManifest(edited(pick)),
  'an edited file, with its hashes, signed by another key of the same name': (pick) =>
    withNote(withManifest(edited(pick)), 'halflight/log', stranger.privateKey, rawKey(stranger.publicKey)),
  'an edited manifest': (pick) => edited(pick, ['manifest.json']),
  'an edited signature': (pick) => edited(pick, ['manifest.note']),
  'a signature of other words': (pick) => {
    const note = files.get('manifest.note')?.toString() ?? '';
    const lines = note.split('\n');
    lines[pick(2)] += ['x', ' ', '\r', '\t'][pick(4)] ?? '';
    return new Map(files).set('manifest.note', Buffer.from(lines.join('\n')));
  },
  'two files swapped': (pick) => {
    const [a = '', b = ''] = [listed()[pick(12)], listed()[pick(12)]];
    return new Map([...files].map(([name, text]) => [name, files.get(name === a ? b : name === b ? a : name) ?? text]));
  },
  'a file missing': (pick) => {
    const less = new Map(files);
    less.delete([...files.keys()][pick(files.size)] ?? '');
    return less;
  },
  'a file more': (pick) => {
    const name =
      ['note.txt', '../escape.txt', '/etc/escape', 'a/b.txt', 'C:\\escape', 'README.TXT', 'timestamp.tsr', ''][
        pick(8)
      ] ?? '';
    const at = pick(files.size + 1);
    const all = [...files];
    return new Map([...all.slice(0, at), [name, Buffer.from('more')] as const, ...all.slice(at)]);
  },
  'a file by another name': (pick) => {
    const at = pick(files.size);
    return new Map([...files].map(([name, text], i) => [i === at ? `${name}x` : name, text]));
  },
};

describe('a bundle that somebody changed', () => {
  it('packed again without a change is the same, so that what is refused below is refused for its change', async () => {
    expect(zipOf(files, date).equals(bundle.bytes)).toBe(true);
    expect(zipOf(withManifest(files), date).equals(bundle.bytes)).toBe(true);
    const again = withNote(files, 'halflight/log', bundle.privateKey, bundle.publicKey);
    expect(zipOf(again, date).equals(bundle.bytes)).toBe(true);
    for (const { bytes, authority } of kept)
      expect(await checkBoth(bytes, bundle.key, authority)).toEqual({ ok: true, codes: [] });
  });

  it(`is found by both verifiers, each of ${mutations} times`, async () => {
    const next = random(20261126);
    const pick: Pick = (below) => Math.floor(next() * below);
    const kinds = [...Object.keys(ofBytes), ...Object.keys(ofFiles)];
    const found = new Map<string, number>();
    for (let done = 0; done < mutations; ) {
      const kind = kinds[pick(kinds.length)] ?? '';
      const { bytes, authority, ...one } = kept[pick(2)] ?? expect.fail();
      files = one.files;
      const changed = kind in ofBytes ? ofBytes[kind]?.(bytes, pick) : zipOf(ofFiles[kind]?.(pick) ?? [], date);
      if (changed === undefined || changed.equals(bytes)) continue;
      const { ok } = await checkBoth(changed, bundle.key, authority);
      if (ok) throw new Error(`mutation ${done}, ${kind}: not found`);
      found.set(kind, (found.get(kind) ?? 0) + 1);
      done++;
    }
    // Each kind had its share.
    for (const kind of kinds) expect(found.get(kind), kind).toBeGreaterThan(mutations / kinds.length / 4);
  }, 7_200_000);

  it(`and one that nobody changed is good, each of ${clean} times`, async () => {
    for (let i = 0; i < clean; i++) {
      const { bytes, authority } = kept[i % 2] ?? expect.fail();
      expect((await checkBoth(bytes, bundle.key, authority)).ok).toBe(true);
    }
  }, 7_200_000);
});
