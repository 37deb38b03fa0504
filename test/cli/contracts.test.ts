import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { halflight, scanReport, squidLine, temporaryFolder } from '../helpers/cli.js';
import { dated, workbookOf } from '../helpers/xlsx.js';

const folder = temporaryFolder({
  'logs/access.log': squidLine({ host: 'chatgpt.com', url: 'http://chatgpt.com/' }),
  'vendors.csv':
    'Contract #,Contract Name,Supplier,Starts,Expires,Owner\nMSA-123,ChatGPT Enterprise,"OpenAI, L.L.C.",04/01/2024,12/31/2099,Jane Doe\n,,,,,\nMSA-9,Paper,,01/01/2025,,\n',
});
writeFileSync(
  join(folder, 'vendors.xlsx'),
  workbookOf({
    sheets: [
      { name: 'Read me', rows: [['These are', 'all our', 'contracts']] },
      {
        name: 'List',
        rows: [
          ['Vendor', 'Contract', 'End'],
          ['OpenAI', 'ChatGPT Team', dated(45000)],
        ],
      },
    ],
  }),
);
const scan = (list: string) => scanReport(['logs', '--contracts', list], { cwd: folder });

it('a contract is told on the finding, wrong rows are named, and the verdict stays', async () => {
  const { code, report } = await scan('vendors.csv');
  expect(code).toBe(3);
  expect(report.problems).toContain('vendors.csv:4: vendor: the row names no vendor; fill it in or remove the row');
  expect(report.findings).toMatchObject([
    {
      service: 'chatgpt',
      verdict: 'unregistered',
      contracts: [
        {
          number: 'MSA-123',
          state: 'running',
          by: 'product',
          sentence:
            'A contract with OpenAI, L.L.C. (ChatGPT Enterprise, MSA-123) runs until 2099-12-31, owner Jane Doe.',
        },
      ],
    },
  ]);
  const { stdout } = await halflight(['scan', 'logs', '--contracts', 'vendors.csv'], { cwd: folder });
  expect(stdout.replace(/\s+/g, ' ')).toContain('(ChatGPT Enterprise, MSA-123) runs until 2099-12-31, owner Jane Doe.');
}, 60_000);

it('a list may be a workbook, whose other sheets do not matter; an expired contract is told as such', async () => {
  const { code, report } = await scan('vendors.xlsx');
  expect(code).toBe(0);
  expect(report.findings[0]?.contracts).toMatchObject([
    {
      state: 'expired',
      sentence: 'A contract with OpenAI (ChatGPT Team) expired on 2023-03-15: it covers nothing now.',
    },
  ]);
}, 60_000);
