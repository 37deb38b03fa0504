import { expect, test } from 'vitest';
import type { ReportDocument } from '../../../src/reports/blocks/block.js';
import { plainText } from '../../../src/reports/writers/common/plain.js';
import { writerContract } from '../../contracts/writer.js';
import { october } from './document.js';
import { readText } from './read-text.js';

writerContract({ id: 'text', read: (bytes) => readText(bytes) });

test('a table of more columns than a line holds is told row by row', () => {
  const columns = Array.from({ length: 14 }, (_, i) => ({
    key: `k${i}`,
    title: `Title ${i}`,
    align: 'start' as const,
  }));
  const rows = [1, 2].map((row) => columns.map((_, i) => ({ text: `row ${row} column ${i}` })));
  const text = plainText(
    { ...october, blocks: [{ kind: 'table', id: 'wide', caption: 'Wide', columns, rows, more: 1, empty: '' }] },
    80,
  );
  expect(readText(Buffer.from(text))).toContain('Title 13: row 2 column 13');
});

test('bars, figures and columns stand under each other', () => {
  const lines = plainText(october, 80).split('\n');
  expect(lines).toContain('1,288  people (+6 % since September)');
  expect(lines).toContain('    9  findings to act on (4 of them new)');
  expect(lines).toContain('GitHub Copilot     ##############            301, 212 before');
  expect(lines).toContain('Engineering               402   88 %        17  GitHub Copilot');
});

const said = 'Move the use to the accounts that are approved. Approved instead: ChatGPT (enterprise account).';
const acting = (rows: number): ReportDocument => ({
  ...october,
  blocks: [
    {
      kind: 'table',
      id: 'findings',
      caption: 'Findings',
      columns: ['Service', 'Account', 'Verdict', 'Risk', 'People', 'Since', 'What to do'].map((title) => ({
        key: title,
        title,
        align: 'start',
      })),
      rows: Array.from({ length: rows }, (_, i) =>
        ['Microsoft Copilot Studio', 'not known', 'Unregistered', `${i} medium`, '9 + 1 other', '2026-10-19', said].map(
          (text) => ({ text }),
        ),
      ),
      more: 3,
      empty: '',
    },
  ],
});

test('a long text in the last of many columns stands below its row, where it can be read, and no word is cut', () => {
  const text = plainText(acting(1), 80);
  expect(text).toContain(
    'Microsoft Copilot     not known  Unregistered  0 medium  9 + 1 other  2026-10-19\nStudio\n    Move the use to the accounts that are approved. Approved instead: ChatGPT\n    (enterprise account).\n',
  );
});

test('of a long table a terminal shows the first rows, and counts the others', () => {
  const text = plainText(acting(40), 80, 15);
  expect(text.match(/Microsoft/g)).toHaveLength(15);
  expect(text).toContain('28 more rows not shown.');
});
