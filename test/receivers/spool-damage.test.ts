import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gap } from '../../src/core/chunk.js';
import type { SpoolRecord } from '../../src/receivers/common/spool.js';
import { encodeHeader } from '../../src/receivers/common/spool-record.js';
import { draft, openSpool, readAll, temporaryFolder, texts } from './helpers/spools.js';

const parent = temporaryFolder();
const sound = join(parent, 'sound');
const tried = join(parent, 'tried');
let originals: SpoolRecord[] = [];
/** Place of each record's payload: file and offset. */
const places = new Map<number, { file: string; at: number }>();

const segmentsOf = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.segment'))
    .sort();

beforeAll(async () => {
  const spool = await openSpool({ folder: sound, segmentBytes: 3000 });
  for (let i = 0; i < 24; i++) await spool.append(draft(`record ${i} ${'x'.repeat((i * 37) % 400)}`, { meta: { i } }));
  originals = await readAll(spool);
  await spool.close();
  for (const file of segmentsOf(sound)) {
    const bytes = readFileSync(join(sound, file));
    for (const record of originals) {
      const at = bytes.indexOf(record.payload);
      if (at >= 0) places.set(record.sequence, { file, at });
    }
  }
});
afterAll(() => rmSync(tried, { recursive: true, force: true }));

/** Opens a copy of the sound folder that was damaged. */
async function afterDamage(damage: (folder: string) => void): Promise<{ records: SpoolRecord[]; gaps: Gap[] }> {
  rmSync(tried, { recursive: true, force: true });
  mkdirSync(tried);
  cpSync(sound, tried, { recursive: true });
  damage(tried);
  const gaps: Gap[] = [];
  const spool = await openSpool({ folder: tried, onGap: (gap) => gaps.push(gap) });
  const records = await readAll(spool);
  const { sequence } = await spool.append(draft('new'));
  expect(sequence).toBeGreaterThan(records.at(-1)?.sequence ?? 0);
  expect(texts((await readAll(spool)).slice(-1))).toEqual(['new']);
  await spool.close();
  // Opening again finds the same.
  const again = await openSpool({ folder: tried });
  expect((await readAll(again)).slice(0, -1)).toEqual(records);
  await again.close();
  return { records, gaps };
}

const isInvented = (record: SpoolRecord): boolean => {
  const original = originals.find((known) => known.sequence === record.sequence);
  return original === undefined || JSON.stringify(original) !== JSON.stringify(record);
};

describe('a damaged spool', () => {
  it('F2 cut anywhere keeps what stands before the cut, and invents nothing', async () => {
    const newest = segmentsOf(sound).at(-1) ?? '';
    const bytes = readFileSync(join(sound, newest));
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length), fc.uint8Array({ maxLength: 40 }), async (cut, junk) => {
        const { records, gaps } = await afterDamage((folder) =>
          writeFileSync(join(folder, newest), Buffer.concat([bytes.subarray(0, cut), junk])),
        );
        expect(records.filter(isInvented)).toEqual([]);
        const whole = originals.filter((record) => {
          const place = places.get(record.sequence);
          return place?.file !== newest || place.at + record.payload.length <= cut;
        });
        expect(records.map((record) => record.sequence)).toEqual(whole.map((record) => record.sequence));
        // A torn end was never acknowledged: it is no loss.
        if (whole.some((record) => places.get(record.sequence)?.file === newest)) expect(gaps).toEqual([]);
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  it('with bits flipped anywhere loses at most the records that were hit, says so, and invents nothing', async () => {
    const flip = fc.record({ file: fc.nat(), at: fc.nat(), bit: fc.nat(7), length: fc.constantFrom(1, 1, 2, 50, 600) });
    await fc.assert(
      fc.asyncProperty(fc.array(flip, { minLength: 1, maxLength: 2 }), async (flips) => {
        const hit = new Set<number>();
        let headers = 0;
        const { records, gaps } = await afterDamage((folder) => {
          const files = segmentsOf(folder);
          for (const { file, at, bit, length } of flips) {
            const name = files[file % files.length] ?? '';
            const bytes = readFileSync(join(folder, name));
            const from = at % bytes.length;
            for (let i = from; i < Math.min(bytes.length, from + length); i++) bytes[i] = (bytes[i] ?? 0) ^ (1 << bit);
            writeFileSync(join(folder, name), bytes);
            if (from < 128 + 8) headers++;
            for (const [sequence, place] of places) {
              const size = originals.find((record) => record.sequence === sequence)?.payload.length ?? 0;
              // From the head of the record, some 110 bytes before its payload, to its end.
              if (place.file === name && from + length > place.at - 110 && from < place.at + size) hit.add(sequence);
            }
          }
        });
        expect(records.filter(isInvented)).toEqual([]);
        const lost = originals.filter((record) => !records.some((kept) => kept.sequence === record.sequence));
        // With both copies of a header gone the whole segment may be.
        if (headers < 2 && flips.every(({ length }) => length < 100))
          expect(lost.map((record) => record.sequence).filter((sequence) => !hit.has(sequence))).toEqual([]);
        const beforeLast = lost.some((gone) => records.some((kept) => kept.sequence > gone.sequence));
        if (beforeLast) expect(gaps.length).toBeGreaterThan(0);
      }),
      { seed: 2, numRuns: 50 },
    );
  });

  it('whose payload imitates a record gives no such record, however it is damaged', async () => {
    const folder = join(parent, 'hostile');
    const hostile = readFileSync(join(sound, segmentsOf(sound)[0] ?? ''));
    const spool = await openSpool({ folder });
    await spool.append(draft('', { payload: hostile }));
    await spool.append(draft('honest'));
    await spool.close();
    const file = join(folder, segmentsOf(folder)[0] ?? '');
    const bytes = readFileSync(file);
    bytes[bytes.indexOf(hostile) + 3] = 0;
    writeFileSync(file, bytes);
    const again = await openSpool({ folder });
    expect(texts(await readAll(again))).toEqual(['honest']);
    await again.close();
  });

  it('F14 does not give records that were refused, though they stand whole on a disk that could not be cleaned', async () => {
    const folder = join(parent, 'refused');
    const spool = await openSpool({ folder });
    for (const text of ['kept', 'kept too', 'refused', 'refused too']) await spool.append(draft(text));
    const { id } = spool;
    await spool.close();
    // What the next segment says when the sync of the last two failed.
    const header = encodeHeader({ id, marker: Buffer.alloc(8, 9), first: 5, trusted: 2 });
    writeFileSync(join(folder, '0000000000000005.segment'), header);
    const gaps: Gap[] = [];
    const again = await openSpool({ folder, onGap: (gap) => gaps.push(gap) });
    expect(texts(await readAll(again))).toEqual(['kept', 'kept too']);
    expect((await again.append(draft('new'))).sequence).toBeGreaterThan(5);
    expect(texts(await readAll(again))).toEqual(['kept', 'kept too', 'new']);
    expect(gaps).toEqual([]);
    await again.close();
    const third = await openSpool({ folder, onGap: (gap) => gaps.push(gap) });
    expect(texts(await readAll(third))).toEqual(['kept', 'kept too', 'new']);
    expect(gaps).toEqual([]);
    await third.close();
  });

  it('says that acknowledged records are missing, when a later segment knows of them', async () => {
    const folder = join(parent, 'missing');
    const spool = await openSpool({ folder, segmentBytes: 500 });
    for (let i = 0; i < 8; i++) await spool.append(draft('x'.repeat(200)));
    await spool.close();
    const file = join(folder, segmentsOf(folder)[0] ?? '');
    const bytes = readFileSync(file);
    // The last record of the first segment is gone without a trace.
    writeFileSync(file, bytes.subarray(0, bytes.lastIndexOf(bytes.subarray(128, 136))));
    const gaps: Gap[] = [];
    const again = await openSpool({ folder, onGap: (gap) => gaps.push(gap) });
    expect((await readAll(again)).length).toBe(7);
    expect(gaps.map((gap) => gap.why)).toEqual([expect.stringContaining('are missing in spool segment')]);
    await again.close();
  });

  it('made of anything at all opens and takes data', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(30), fc.uint8Array({ maxLength: 300 })), { maxLength: 3 }),
        async (files) => {
          rmSync(tried, { recursive: true, force: true });
          mkdirSync(tried);
          for (const [number, bytes] of files)
            writeFileSync(join(tried, `${String(number).padStart(16, '0')}.segment`), bytes);
          const spool = await openSpool({ folder: tried });
          expect(await readAll(spool)).toEqual([]);
          await spool.append(draft('new'));
          expect(texts(await readAll(spool))).toEqual(['new']);
          await spool.close();
        },
      ),
      { seed: 3, numRuns: 30 },
    );
  });
});
