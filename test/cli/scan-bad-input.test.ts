import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { halflight, scanReport, squidLine, squidLog, temporaryFolder } from '../helpers/cli.js';
import { zipOf } from '../helpers/zip.js';

const compressed = gzipSync(
  Array.from({ length: 3000 }, (_, n) => squidLine({ address: `10.0.${n % 251}.${(n * 7) % 250}` })).join(''),
);

describe('bad input costs itself and nothing else: a message for each, and exit code 3', () => {
  const folder = temporaryFolder({
    'good.log': squidLog(5),
    'empty.log': '',
    'photo.jpg': Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 31) % 256)),
    'notes.txt': 'Dear Ann, the code is 4711\nyours\n',
    'cut.log.gz': compressed.subarray(0, compressed.length - 40),
    'damaged.zip': Buffer.from('PK\x03\x04 and then nothing of a zip archive', 'latin1'),
    'archive.zip': zipOf({ 'bad.log': squidLog(300), 'good.log': squidLog(7) }, { damage: 'bad.log' }),
  });
  symlinkSync('/nowhere', join(folder, 'link.log'));
  execFileSync('mkfifo', [join(folder, 'pipe.log')]);

  const messages: readonly [file: string, why: RegExp][] = [
    ['archive.zip/bad.log', /^(cannot be read: |holds damaged )/],
    ['cut.log.gz', /^ends in the middle of its gzip data: what was whole is counted; copy the file again$/],
    ['damaged.zip', /^is a damaged zip archive: copy the file again$/],
    ['empty.log', /^is empty$/],
    ['link.log', /^is a symbolic link, which is not followed inside folders: name its target on the command line$/],
    [
      'notes.txt',
      /^no known format; the first line looks like: a a, a a a 9: if it is a log, name its format with --format or describe it with --mapping$/,
    ],
    ['photo.jpg', /^the file holds binary data: if it is a log, name its format/],
    ['pipe.log', /^is no regular file \(a pipe, socket or device\)$/],
    ['gone.log', /^does not exist: check the path$/],
  ];

  it('in the report as JSON and on standard error', async () => {
    const { code, stderr, report } = await scanReport(['.', 'gone.log'], { cwd: folder });
    expect(code).toBe(3);
    const notRead = new Map(report.coverage.not_read.map(({ file, why }) => [file, why]));
    expect([...notRead.keys()].sort()).toEqual(messages.map(([file]) => file).sort());
    for (const [file, why] of messages) {
      expect(notRead.get(file), file).toMatch(why);
      expect(stderr).toContain(`halflight: ${file}: `);
    }
    expect(report.coverage.inputs.map(({ file, events }) => [file, events])).toEqual([
      ['archive.zip/good.log', 7],
      ['cut.log.gz', expect.any(Number)],
      ['good.log', 5],
    ]);
    expect(report.coverage.inputs[1]?.events).toBeGreaterThan(1000);
  });

  it('and for people', async () => {
    const { code, stdout, stderr } = await halflight(['scan', '.', 'gone.log'], { cwd: folder });
    expect(code).toBe(3);
    const text = stdout.replace(/\s+/g, ' ');
    for (const [file] of messages)
      expect(text).toContain(`${file === 'cut.log.gz' ? 'READ IN PART' : 'NOT READ'}: ${file}: `);
    expect(text).not.toContain('4711');
    expect(stderr).toBe(
      'Reading ., gone.log ...\nhalflight: 9 problems, named at the end of the report; the rest was read.\n',
    );
  });

  it('nothing readable is no good news', async () => {
    const { code, stdout } = await halflight(['scan', 'empty.log'], { cwd: folder });
    expect(code).toBe(3);
    expect(stdout).toMatch(/^Nothing could be read, so nothing can be said\.\n/);
    expect(stdout).not.toContain('0 of 0');
  });
});

describe('a line of 100 MB', () => {
  it('is rejected, the lines around it count, and memory stays bounded', async () => {
    const input = Buffer.concat([
      Buffer.from(squidLog(3)),
      Buffer.alloc(100_000_000, 97),
      Buffer.from(`\n${squidLog(2)}`),
    ]);
    const { code, report } = await scanReport(['-'], { input, env: { NODE_OPTIONS: '--max-old-space-size=96' } });
    expect(code).toBe(0);
    expect(report.coverage.inputs[0]).toMatchObject({
      records: 6,
      events: 5,
      rejects: { 'the record is longer than 1 MiB': 1 },
    });
  });
});

describe('a register with mistakes', () => {
  const inventory = (date: string): string => `entries:
  - id: chatgpt
    name: ChatGPT for all
    services: [chatgpt]
    status: approved
    approval_date: ${date}
    review_date: 2027-01-10
    approvers: [boss]
  - id: claude
    name: Claude
    services: [claude]
    status: denied
    approval_date: 2026-01-01
    approvers: [boss]
`;
  it('a wrong date is named with file, line, field and the accepted form; the other entries stand', async () => {
    const folder = temporaryFolder({
      'access.log': squidLog(2) + squidLine({ host: 'claude.ai' }),
      'inventory.yaml': inventory('31.12.2026'),
    });
    const { code, stderr, report } = await scanReport(['access.log', '--inventory', 'inventory.yaml'], { cwd: folder });
    const message = 'inventory.yaml:6: approval_date: "31.12.2026" is not accepted; accepted is a date as YYYY-MM-DD';
    expect(code).toBe(3);
    expect(report.problems).toContain(message);
    expect(stderr).toContain(`halflight: ${message}\n`);
    expect(report.findings.find(({ service }) => service === 'claude')).toMatchObject({ verdict: 'denied' });
  });

  it('without names, what a wrong row of the people file holds stays out of the report', async () => {
    const folder = temporaryFolder({
      'access.log': squidLog(2),
      'people.csv':
        'id,email,name,manager,aliases\ne1,ann.archer.example,Ann Archer,,\ne2,bob@acme.example,Bob,nobody@acme.example,device:LAPTOP-7\ne3,cy@acme.example,Cy,,device:LAPTOP-7\n',
    });
    const args = ['access.log', '--people', 'people.csv'];
    const [hidden, shown] = await Promise.all([
      scanReport(args, { cwd: folder }),
      scanReport([...args, '--names'], { cwd: folder }),
    ]);
    expect([hidden.code, shown.code]).toEqual([3, 3]);
    expect(hidden.report.problems).toEqual([
      expect.stringContaining('no inventory was given'),
      'people.csv:2: email: "..." is no e-mail address; accepted is name@domain, or nothing',
      expect.stringMatching(/^warning: people\.csv:3: manager: "\.\.\." is nobody in this file/),
      expect.stringMatching(/^warning: people\.csv:4: aliases: an alias of this row stands on another row too/),
    ]);
    expect(JSON.stringify(hidden.report) + hidden.stderr).not.toMatch(/archer|nobody@|LAPTOP|e2\b/i);
    expect(shown.report.problems[1]).toContain('"ann.archer.example" is no e-mail address');
  });
});
