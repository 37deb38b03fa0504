import { beforeAll, describe, expect, it } from 'vitest';
import { reportRoles } from '../../src/core/report-role.js';
import { type Block, shownDocument, type TableBlock } from '../../src/reports/blocks/block.js';
import { allSections, type Section } from '../../src/reports/sections/common/section.js';
import { attacks } from '../reports/hostile.js';
import { facts, full } from '../reports/sections/facts.js';
import { longText } from '../reports/sections/texts.js';

/** Every text of blocks. */
export function textsIn(blocks: readonly Block[]): string[] {
  const texts: string[] = [];
  JSON.stringify(blocks, (_key, value: unknown) => {
    if (typeof value === 'string') texts.push(value);
    return value;
  });
  return texts;
}

export const tablesIn = (blocks: readonly Block[]): TableBlock[] =>
  blocks.filter((block): block is TableBlock => block.kind === 'table');

/** Blocks as people read them; a spreadsheet has all rows. */
const asRead = (blocks: readonly Block[]): readonly Block[] =>
  shownDocument({ title: '', subtitle: '', about: [], at: 0, answer: '', blocks }).blocks;

/** What every section of the periodic report does. Call it in `test/reports/sections/<id>.test.ts`. */
export function sectionContract(id: string): void {
  describe(`contract of the section ${id}`, () => {
    let section: Section;
    beforeAll(async () => {
      const found = (await allSections()).get(id);
      if (found === undefined) throw new Error(`There is no section ${id}.`);
      section = found;
    });

    it('says of a period without anything what is not there, or nothing', () => {
      for (const role of section.roles) {
        const blocks = section.blocks(facts(role));
        for (const { rows, more } of tablesIn(blocks)) expect([rows, more]).toEqual([[], 0]);
        expect(textsIn(blocks).join(' ')).not.toMatch(/undefined|NaN|null|Infinity/);
      }
    });

    it('begins with its heading; rows have a cell for each column, and tables names of their own', () => {
      for (const role of section.roles) {
        const blocks = section.blocks(full(role, 12, (what, n) => `${what} ${n}`));
        expect(blocks.length).toBeGreaterThan(0);
        if (id !== 'figures') expect(blocks[0]?.kind).toBe('heading');
        const tables = tablesIn(blocks);
        expect(new Set(tables.map((table) => table.id)).size).toBe(tables.length);
        for (const { columns, rows } of tables) for (const row of rows) expect(row).toHaveLength(columns.length);
        expect(textsIn(blocks).join(' ')).not.toMatch(/undefined|NaN|null|Infinity/);
      }
    });

    it('makes one bounded line of every text from outside', () => {
      const hostile = [...attacks, longText];
      for (const role of section.roles)
        for (const turn of hostile.keys()) {
          const say = (_what: string, n: number): string => hostile[(n + turn) % hostile.length] ?? '';
          for (const text of textsIn(section.blocks(full(role, 3, say)))) {
            // biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is the point
            expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
            expect(text.length).toBeLessThanOrEqual(700);
          }
        }
    });

    it('cuts long lists, and counts what it leaves out', () => {
      for (const role of section.roles) {
        const rowsOf = (count: number): Map<string, TableBlock> =>
          new Map(
            tablesIn(asRead(section.blocks(full(role, count, (what, n) => `${what} ${n}`)))).map((table) => [
              table.id,
              table,
            ]),
          );
        const [some, many] = [rowsOf(1200), rowsOf(2400)];
        for (const [name, { rows, more }] of many) {
          expect(rows.length, name).toBeLessThanOrEqual(500);
          const known = some.get(name);
          if (more === 0 || known === undefined) continue;
          // Twice as much of everything is twice as many rows, shown or counted; candidates have seven that were not loaded.
          const extra = name === 'candidates' ? 7 : 0;
          expect(rows.length + more - extra, name).toBe(2 * (known.rows.length + known.more - extra));
        }
      }
    });

    it('the same facts give the same blocks', () => {
      for (const role of reportRoles.filter((one) => section.roles.includes(one)))
        expect(section.blocks(full(role, 5, (what, n) => `${what} ${n}`))).toEqual(
          section.blocks(full(role, 5, (what, n) => `${what} ${n}`)),
        );
    });
  });
}
