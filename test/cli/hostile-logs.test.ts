import { describe, expect, it } from 'vitest';
import { halflight, ndjson, readText, scanReport, squidLine, temporaryFolder } from '../helpers/cli.js';

// Control characters beside newline and carriage return, bidirectional and zero-width characters.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
const raw = /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/;

const log = [
  squidLine({ url: 'http://chatgpt.com/\u001b[31mred%0aFAKE\u001b[2J', user: 'ann\u001b]0;owned\u0007' }),
  squidLine({ url: 'http://chatgpt.com/<script>alert(1)</script>', user: "=cmd()|'/c'!A1", address: '10.0.0.2' }),
  squidLine({ url: 'http://chatgpt.com/', user: '<script>alert(2)</script>', address: '10.0.0.3' }),
  squidLine({ url: 'http://chatgpt.com/', user: '+SUM(1)', address: '10.0.0.4' }),
  squidLine({ url: 'http://chatgpt.com/', user: '@SUM(1)', address: '10.0.0.5' }),
  squidLine({ url: 'http://chatgpt.com/', user: '-1+1', address: '10.0.0.6' }),
  squidLine({ url: 'http://chatgpt.com/', user: 'ben\u202egnp.exe', address: '10.0.0.7' }),
  squidLine({ url: 'http://<script>alert(3)</script>.ai/api/generate', user: 'cy' }),
  squidLine({ url: 'http://x\u001b[31m-gpt.ai/v1/chat/completions', user: 'cy' }),
  squidLine({ url: 'http://quiet.example/v1/chat/completions\u009b31m', user: 'cy' }),
  'garbage \u001b[31m <script>alert(4)</script> =cmd() \u202e\n',
].join('');
const name = 'access\u001b[31m<script>alert(5)<blink>\u202e.log';
const folder = temporaryFolder({ [name.replaceAll('/', '')]: log });

describe('log data is hostile', () => {
  it.each([[[]], [['--names']]])('on a terminal: %j', async (args) => {
    const { code, stdout, stderr } = await halflight(['scan', '.', ...args, '--out', 'out'], { cwd: folder });
    expect(code).toBe(0);
    expect(stdout).toContain('ChatGPT');
    expect(stdout).toContain('access\\u{1b}[31m<script>alert(5)<blink>\\u{202e}.log');
    expect(stdout).not.toMatch(raw);
    expect(stderr).not.toMatch(raw);
  });

  it('in HTML: nothing of it is markup', async () => {
    await halflight(['scan', '.', '--names', '--out', 'html'], { cwd: folder });
    const html = readText(folder, 'html/report.html');
    expect(html).toMatch(/&(lt|#60);script&(gt|#62);alert\(2\)/);
    expect(html).not.toMatch(/<script>alert|<blink>/);
    expect(html).not.toMatch(raw);
  });

  it('in a spreadsheet: no cell is a formula', async () => {
    await halflight(['scan', '.', '--names', '--out', 'csv'], { cwd: folder });
    const csv = readText(folder, 'csv/usage.csv');
    expect(csv).toContain("'=cmd()");
    for (const cell of csv.split(/[,\r\n]+/)) expect(cell).not.toMatch(/^"?\s*[=+@-]/);
  });

  it('in JSON and NDJSON: each record stays one line of valid JSON', async () => {
    const { report } = await scanReport(['.', '--names', '--out', 'json'], { cwd: folder });
    expect(report.findings[0]?.events).toBe(7);
    expect(ndjson(readText(folder, 'json/rejects.ndjson'))).toHaveLength(1);
    const { stdout } = await halflight(['parse', '--format', 'squid', '-'], { input: log });
    expect(ndjson(stdout)).toHaveLength(10);
  });

  it('in messages: a name of a file cannot fake a line of ours', async () => {
    const fake = 'gone\nhalflight: all is well\u001b[2J';
    for (const args of [
      ['scan', fake],
      ['parse', '--format', 'squid', fake],
      ['detect-format', fake],
    ]) {
      const { code, stdout, stderr } = await halflight(args, { cwd: folder });
      expect(code).toBe(3);
      expect(stdout + stderr).not.toMatch(/^halflight: all is well/m);
      expect(stdout + stderr).not.toMatch(raw);
      expect(stdout + stderr).toContain('gone\\u{a}halflight: all is well');
    }
  });
});
