import { expect, test } from 'vitest';
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
  expect(lines).toContain('Engineering                  402        88 %          17  GitHub Copilot');
});
