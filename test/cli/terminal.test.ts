import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { progressText } from '../../src/cli/common/progress.js';
import { reportToText } from '../../src/reports/terminal.js';
import { halflight, onTerminal, root, scanReport, squidLog, temporaryFolder } from '../helpers/cli.js';

const acme = join(root, 'examples/acme');
const args = [acme, '--people', join(acme, 'people.csv'), '--inventory', join(acme, 'inventory.yaml')];
const folder = temporaryFolder({ 'access.log': squidLog(3) });
// biome-ignore lint/suspicious/noControlCharactersInRegex: our own colours
const colours = /\u001b\[(0|1|2|31|32|33|36)m/g;
const widest = (text: string): number => Math.max(...text.split(/\r?\n/).map((line) => [...line].length));

describe('the report on a terminal', () => {
  it('of examples/acme is at most 80 columns wide when piped, without colours', async () => {
    const { code, stdout } = await halflight(['scan', ...args]);
    expect(code).toBe(0);
    expect(widest(stdout)).toBeLessThanOrEqual(80);
    expect(stdout).not.toContain('\u001b');
    const order = ['To act on, riskiest first', 'Covered, under review', 'Registered and not seen', 'Measures', 'Read'];
    const places = order.map((heading) => stdout.indexOf(`\n${heading}`));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
  });

  it('of 80 columns has colours, and no line is longer', async () => {
    const { code, stdout } = await onTerminal(`scan ${args.join(' ')}`);
    expect(code).toBe(0);
    expect(stdout).toMatch(colours);
    const text = stdout
      // Progress is written over itself.
      .split('\r\u001b[K')
      .filter((_piece, i, all) => i === 0 || i === all.length - 1)
      .join('')
      .replace(/^Reading .*\r?\n/, '')
      .replace(colours, '');
    expect(widest(text)).toBeLessThanOrEqual(80);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: nothing but our colours
    expect(text).not.toMatch(/[\u0000-\u0009\u000b\u000c\u000e-\u001f]/);
  });

  it('has no colours with NO_COLOR', async () => {
    const { stdout } = await onTerminal('scan access.log', { cwd: folder, env: { NO_COLOR: '1' } });
    expect(stdout).toContain('ChatGPT');
    expect(stdout).not.toContain('\u001b');
  });

  it.each([66, 80, 100, 120])('fits %i columns whatever the names, also in wide characters', async (width) => {
    const { report } = await scanReport(['access.log'], { cwd: folder });
    const [finding] = report.findings;
    if (finding === undefined) throw new Error('no finding');
    const long = { ...finding, name: '会議アシスタント '.repeat(5), events: 123_456_789, people: 1_234_567 };
    const text = reportToText({ ...report, findings: [finding, long] }, { width, colour: false });
    const columns = (line: string): number => [...line].reduce((sum, char) => sum + (char > '\u2e80' ? 2 : 1), 0);
    expect(Math.max(...text.split('\n').map(columns))).toBeLessThanOrEqual(width);
    const rows = text.split('\n').filter((line) => line.startsWith('unregistered '));
    expect(rows.map(columns)).toEqual([columns(rows[0] ?? ''), columns(rows[0] ?? '')]);
    expect(rows[1]).toMatch(/… +unknown +1\.2M +123M /);
  });
});

describe('progress', () => {
  it('shows lines a second and the time left', () => {
    expect(progressText(1_200_000, 100, 400, 2)).toBe('1,200,000 lines, 600,000 a second, about 6 s left');
    expect(progressText(10, 1, 1000, 1)).toBe('10 lines, 10 a second, about 17 min left');
    expect(progressText(10, 1, 9001, 1)).toBe('10 lines, 10 a second, about 2 h 30 min left');
    expect(progressText(10, 1, undefined, 2)).toBe('10 lines, 5 a second');
  });
});
