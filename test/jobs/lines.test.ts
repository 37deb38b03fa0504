import { expect, it } from 'vitest';
import { showLines } from '../../src/cli/common/config-show.js';
import { openLog } from '../../src/cli/common/service/log.js';
import { sourceLines } from '../../src/cli/common/service/source-list.js';

// Every control character but the line end, direction marks, and what cannot be seen.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
const raw = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069]/;
const hostile = [
  ...Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)),
  '\u061c',
  '\u200f',
  '\u202e',
  '\u2066',
  '\u2069',
]
  .map((char) => `a${char}b`)
  .join('');

it('A10 the list of sources shows no control character, whatever sources, errors and reasons hold', () => {
  const status = { id: hostile, kind: hostile, state: 'paused', pausedWhy: hostile, expectEvery: 1, since: 1 } as const;
  const never = { lastDataAt: undefined, lastEventAt: undefined, lastRunAt: undefined };
  const lines = sourceLines(
    [{ ...status, ...never, lastError: hostile, lastErrorAt: 1, tokens: 0, records: 0, trouble: [hostile] }],
    5,
  );
  expect(lines.length).toBeGreaterThan(4);
  for (const line of lines) {
    expect(line).not.toMatch(raw);
    expect(line).not.toContain('\n');
  }
});

it('A10 the configuration is shown without control characters', () => {
  const origin = { from: 'environment', name: hostile } as const;
  for (const line of showLines([{ key: hostile, value: hostile, secret: false, origin }], hostile)) {
    expect(line).not.toMatch(raw);
    expect(line).not.toContain('\n');
  }
});

it.each([false, true])(
  'A10 a log line is one line without control characters, and JSON for programs (terminal: %s)',
  (forPeople) => {
    const written: string[] = [];
    const { write, isTTY } = process.stdout;
    process.stdout.isTTY = forPeople;
    process.stdout.write = (text: unknown) => written.push(String(text)) > 0;
    try {
      const log = openLog('debug', () => new Set(['s3cret-of-the-configuration']));
      log.warn({ [hostile]: hostile, err: new Error(hostile), why: 's3cret-of-the-configuration' }, hostile);
    } finally {
      Object.assign(process.stdout, { write, isTTY });
    }
    expect(written).toHaveLength(1);
    const [line = ''] = written;
    expect(line.slice(0, -1)).not.toMatch(raw);
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(line).not.toContain('s3cret');
    if (!forPeople) expect(JSON.parse(line)).toMatchObject({ msg: hostile, [hostile]: hostile });
  },
);
