import { beforeAll, describe, expect, it } from 'vitest';
import type { ReportDocument } from '../../src/reports/blocks/block.js';
import { type NamedWriter, writersOf } from '../../src/reports/writers.js';
import { october } from '../reports/writers/document.js';
import { dense, hostileDocument, shown, turns } from '../reports/writers/hostile.js';
import { mapTexts, textsOf } from '../reports/writers/texts.js';

export interface WriterCase {
  id: string;
  /** What somebody reads in the file, by a parser that is not ours; rejects where its structure is not what it has to be. */
  read(bytes: Uint8Array): string | Promise<string>;
  /** What the reader sees of a text where it is not the common rule. */
  shown?(text: string): string;
  /** Does it write the value behind a cell instead of its text? */
  values?: boolean;
  /** Turns of the corpus that are read; all where not given. */
  turns?: readonly number[];
}

const aTable = {
  kind: 'table',
  id: 'one',
  caption: 'One',
  columns: [{ key: 'a', title: 'A', align: 'start' }],
  rows: [[{ text: 'x' }]],
  more: 0,
  empty: '',
} as const;

/** What every writer of the periodic report does. Call it in `test/reports/writers/<id>.test.ts`. */
export function writerContract({
  id,
  read,
  shown: seen = shown,
  values = false,
  turns: some = turns,
}: WriterCase): void {
  describe(`contract of the writer ${id}`, () => {
    let writer: NamedWriter;
    beforeAll(async () => {
      const found = (await writersOf()).get(id);
      if (found === undefined) throw new Error(`There is no writer ${id}.`);
      writer = found;
    });

    async function missing(document: ReportDocument): Promise<string[]> {
      const text = dense(await read(await writer.write(document)));
      return textsOf(document, values)
        .map((one) => seen(one.text))
        .filter((one) => !text.includes(dense(one)));
    }

    it('says what it is', () => {
      expect(writer.title).not.toBe('');
      expect(writer.mediaType).toMatch(/^[a-z]+\/[a-z0-9.+-]+(; [a-z]+=[A-Za-z0-9-]+)*$/);
      expect(writer.fileName).toMatch(new RegExp(`^[a-z]+\\.${writer.extension}$`));
    });

    it('drops no text of a report', async () => {
      expect(await missing(october)).toEqual([]);
    });

    it('tells apart texts that are alike: each of hundreds is there in its place', async () => {
      let next = 0;
      const numbered = mapTexts(october, () => `T${(next++).toString().padStart(4, '0')}x`);
      expect(await missing(numbered)).toEqual([]);
      const text = dense(await read(await writer.write(numbered)));
      const cells = numbered.blocks.flatMap((block) => (block.kind === 'table' ? block.rows : []));
      for (const row of cells) {
        const texts = row
          .filter(({ value }) => !values || typeof value !== 'number')
          .map((cell) => (values && typeof cell.value === 'string' ? cell.value : cell.text));
        const places = texts.map((one) => text.indexOf(one));
        expect(places).toEqual(places.toSorted((a, b) => a - b));
      }
    });

    it('shows every attack of the corpus as text, in every place', async () => {
      for (const turn of some) expect(await missing(hostileDocument(turn))).toEqual([]);
    });

    it('writes the same bytes for the same report', async () => {
      for (const document of [october, hostileDocument(3)]) {
        const first = await writer.write(document);
        expect(Buffer.compare(first, await writer.write(structuredClone(document)))).toBe(0);
      }
    });

    it('takes a report that says nearly nothing', async () => {
      const empty: ReportDocument = { ...october, title: '', subtitle: '', answer: '', about: [], blocks: [] };
      expect((await writer.write(empty)).length).toBeGreaterThan(0);
      const bare: ReportDocument = {
        ...empty,
        blocks: [
          { kind: 'list', items: [] },
          { kind: 'figures', items: [] },
          { kind: 'bars', caption: '', unit: '', bars: [] },
          { kind: 'bars', caption: 'Zero', unit: 'x', bars: [{ label: 'none', value: 0, text: '0', before: 0 }] },
          { ...aTable, rows: [], more: 3 },
        ],
      };
      expect(dense(await read(await writer.write(bare)))).toContain('3morerows');
    });

    it('refuses what is no report, and names the block', async () => {
      const write = (blocks: ReportDocument['blocks']) => writer.write({ ...october, blocks });
      await expect(write([{ ...aTable, id: '../one' }])).rejects.toThrow('"../one"');
      await expect(write([aTable, aTable])).rejects.toThrow('one is there twice');
      await expect(write([{ ...aTable, rows: [[]] }])).rejects.toThrow('Row 1 of the table one');
      await expect(write([{ ...aTable, more: -1 }])).rejects.toThrow('one left out -1');
      await expect(
        write([{ kind: 'bars', caption: 'Bad', unit: '', bars: [{ label: '', text: '', value: Number.NaN }] }]),
      ).rejects.toThrow('"Bad"');
    });
  });
}
