import { describe, expect, it } from 'vitest';
import type { Block } from '../../../src/reports/blocks/block.js';
import { table } from '../../../src/reports/sections/common/cells.js';
import { writersOf } from '../../../src/reports/writers.js';
import { filesOf } from '../../evidence/archive.js';
import { october } from './document.js';

const long = (rows: number): Block =>
  table(
    'long',
    'A long table',
    [{ key: 'n', title: 'N', align: 'start' }],
    Array.from({ length: rows }, (_, n) => [{ text: `row-${n}-` }]),
    { most: 40, empty: '' },
  );
const written = async (format: string, rows: number): Promise<Buffer> => {
  const writer = (await writersOf()).get(format);
  if (writer === undefined) throw new Error(`no writer ${format}`);
  return Buffer.from(await writer.write({ ...october, blocks: [long(rows)] }));
};

describe('a report with a table of many thousand rows', () => {
  it.each(['html', 'markdown', 'text'])('shows people the first ones as %s, and counts the others', async (format) => {
    const text = (await written(format, 20_000)).toString();
    expect(text).toContain('row-39-');
    expect(text).not.toContain('row-40-');
    expect(text.replaceAll(/\s+/g, ' ')).toContain('19,960 more rows');
  });

  it('has all of them in the CSV, and says what even this leaves out', async () => {
    const all = await filesOf(await written('csv', 20_000));
    expect(all.get('long.csv')?.toString().trimEnd().split('\r\n')).toHaveLength(1 + 20_000);
    expect(all.get('report.csv')?.toString()).not.toContain('not shown');
    const cut = await filesOf(await written('csv', 25_003));
    expect(cut.get('long.csv')?.toString().trimEnd().split('\r\n')).toHaveLength(1 + 25_000);
    expect(cut.get('report.csv')?.toString()).toContain('3 more rows not shown.');
    expect((await written('markdown', 25_003)).toString()).toContain('24,963 more rows');
  });

  it('stays short as mail and PDF', async () => {
    for (const format of ['mail', 'pdf']) expect((await written(format, 20_000)).length).toBeLessThan(300_000);
  });
});
