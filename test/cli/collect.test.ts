import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { halflight } from '../helpers/cli.js';
import { dated, workbookOf } from '../helpers/xlsx.js';
import { removeFolder, temporaryFolder } from '../store/helpers/databases.js';

const folder = temporaryFolder();
const file = (name: string): string => join(folder, name);
beforeAll(() => {
  mkdirSync(file('in'));
  writeFileSync(
    file('in/a.csv'),
    'Report\n\nTransaction Date;Employee;Merchant;Amount;Currency;Notes\n03.04.2026;"Doe, Jane";OPENAI \u001b[31m*CHATGPT;20,00;EUR;x\n04.04.2026;"Doe, Jane";REFUND;(18,50);EUR;x\n',
  );
  writeFileSync(
    file('in/b.xlsx'),
    workbookOf({
      sheets: [
        {
          name: 'October',
          rows: [
            ['Date', 'Vendor', 'Amount', 'Email'],
            [dated(46300), 'OPENAI', 20, 'jane@acme.example'],
          ],
        },
      ],
    }),
  );
  writeFileSync(
    file('in/c.log'),
    '1764000000.000    506 10.1.2.3 TCP_MISS/200 1763 GET http://a.example/ ada HIER_DIRECT/198.51.100.7 text/html\n',
  );
  writeFileSync(
    file('halflight.yaml'),
    `sources:\n  - { id: spend, kind: folder, options: { path: ${file('in')}, settle: 0s } }\n`,
  );
});
afterAll(() => removeFolder(folder));
const collect = (...args: string[]) => halflight(['collect', 'spend', ...args], { cwd: folder });

it('a dry run shows how each file would be read, in 80 columns, and saves a mapping that scan takes', async () => {
  const shown = await collect('--dry-run', '--save-mapping', file('m.yaml'));
  expect(shown.stderr).toBe('');
  expect(shown.code).toBe(0);
  const lines = shown.stdout.split('\n');
  for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80);
  expect(shown.stdout).toContain('a.csv: read as expenses. The header is line 3; ";" stands between');
  expect(shown.stdout).toMatch(/^ {8}4 {2}2026-04-03 {2}OPENAI \\u\{1b\}\[31m\*CHATG… +20\.00 EUR {2}Doe, Jane$/m);
  expect(shown.stdout).toMatch(/^ {8}5 {2}2026-04-04 {2}REFUND +-18\.50 EUR {2}Doe, Jane$/m);
  expect(shown.stdout).toContain('Left out: Notes');
  expect(shown.stdout).toContain('b.xlsx/October: read as expenses. The header is line 1');
  expect(shown.stdout).toContain('LOOK AT THIS: Nothing names a currency');
  expect(shown.stdout).toContain('c.log: read as Squid access log (native) (squid)');
  expect(shown.stdout).toContain('nothing was kept (--dry-run)');
  expect(readFileSync(file('m.yaml'), 'utf8')).toContain('merchant: Merchant');
  const scanned = await halflight(['scan', file('in/a.csv'), '--mapping', file('m.yaml'), '--json'], { cwd: folder });
  expect(JSON.parse(scanned.stdout).coverage.inputs).toMatchObject([{ format: 'csv', events: 2, rejected: 0 }]);
}, 60_000);

it('a mapping is never written over another file, nor without a dry run', async () => {
  writeFileSync(file('mine.yaml'), 'mine');
  expect(await collect('--dry-run', '--save-mapping', file('mine.yaml'))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('exists already'),
  });
  expect(readFileSync(file('mine.yaml'), 'utf8')).toBe('mine');
  expect(await collect('--save-mapping', file('new.yaml'))).toMatchObject({ code: 2 });
  expect(existsSync(file('new.yaml'))).toBe(false);
}, 60_000);
