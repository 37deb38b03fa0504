import { expect, test } from 'vitest';
import { writersOf } from '../../../src/reports/writers.js';
import { writerContract } from '../../contracts/writer.js';
import { october } from './document.js';
import { hostileDocument, turns } from './hostile.js';
import { rowsOf, shownInCsv, unzip } from './read-csv.js';

writerContract({
  id: 'csv',
  values: true,
  shown: shownInCsv,
  read: async (bytes) =>
    [...(await unzip(bytes)).values()].flatMap((file) => rowsOf(file).map((row) => row.join('\n'))).join('\n'),
});

const filesOf = async (document = october): Promise<Map<string, Buffer>> =>
  await unzip((await (await writersOf()).get('csv')?.write(document)) ?? new Uint8Array());

test('there is one file for each table, with keys as header and values to reckon with', async () => {
  const files = await filesOf();
  expect([...files.keys()]).toEqual(['report.csv', 'new-findings.csv', 'groups.csv', 'lapsing.csv', 'entries.csv']);
  const [header, first] = rowsOf(files.get('new-findings.csv'));
  expect(header).toEqual(['service', 'verdict', 'risk', 'people', 'bytes_out', 'next']);
  expect(first?.slice(0, 5)).toEqual(['DeepSeek', 'denied', '78', '14', '1204331008']);
  expect(rowsOf(files.get('lapsing.csv'))).toEqual([['entry', 'owner', 'ends']]);
  expect(rowsOf(files.get('entries.csv'))).toHaveLength(65);
});

test('the rest of the report is in report.csv, under its sections', async () => {
  const rows = rowsOf((await filesOf()).get('report.csv'));
  expect(rows).toContainEqual(['Use', 'bar', 'People by service', 'GitHub Copilot', '301', '212', 'people', '301']);
  expect(rows).toContainEqual(['', 'figure', '', 'findings to act on', '9', '', '', '4 of them new']);
  expect(rows.find((row) => row[2] === 'new-findings.csv')?.at(-1)).toContain('7 more rows not shown.');
  expect(rows.find((row) => row[2] === 'lapsing.csv')?.at(-1)).toBe('None ends in the next 30 days.');
});

test('no cell begins as a formula does', async () => {
  for (const turn of turns)
    for (const file of (await filesOf(hostileDocument(turn))).values())
      for (const cell of rowsOf(file).flat())
        if (!/^-?\d+(\.\d+)?$/.test(cell)) expect(cell.trimStart()).not.toMatch(/^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/);
});
