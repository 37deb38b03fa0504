import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { differences, type Found, FoundRows } from '../../bench/check.js';
import { type Answer, addAnswers } from '../../bench/generate/answer.js';
import { generate, layoutNames, layouts } from '../../bench/generate/generate.js';
import type { InputResult } from '../../src/scan/result.js';
import { ownCatalog, scanBytes, scanOptions } from '../helpers/scan.js';

const folder = mkdtempSync(join(tmpdir(), 'halflight-test-bench-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const needles = ['chatgpt.com', 'claude.ai', 'gemini.google.com'];
const options = { lines: 3000, share: 0.2, users: 300, brokenPerMillion: 10_000, needles };
const logPath = (name: string): string => join(folder, `${name}.log`);
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

function found({ counts, usage }: InputResult): Found {
  const rows = new FoundRows();
  for (const { service, day, events, attempts, bytesOut, bytesIn, actor } of usage)
    rows.add({ service, day, events, attempts, bytesOut, bytesIn }, `${actor.kind} ${actor.id}`);
  return { ...rows.result(), records: counts.records, rejected: counts.rejected, skipped: counts.skipped };
}

describe.each(layoutNames)('a generated %s log', (layout) => {
  it('is the same for the same options, and another for another seed', () => {
    const answer = generate(layout, logPath(layout), options);
    const bytes = readFileSync(logPath(layout));
    expect(answer.bytes).toBe(bytes.length);
    expect(generate(layout, logPath('again'), options)).toEqual(answer);
    expect(sha256(readFileSync(logPath('again')))).toBe(sha256(bytes));
    generate(layout, logPath('other'), { ...options, seed: 7 });
    expect(sha256(readFileSync(logPath('other')))).not.toBe(sha256(bytes));
  });

  it('has as many lines, and lines with a needle, as its answer says', () => {
    const answer = generate(layout, logPath(layout), options);
    const lines = readFileSync(logPath(layout), 'latin1').trimEnd().split('\n');
    expect(answer.lines).toBe(lines.length);
    expect(answer.needleLines).toBe(lines.filter((line) => needles.some((needle) => line.includes(needle))).length);
    expect(answer.rejected).toBeGreaterThan(20);
    expect(answer.events).toBeGreaterThan(500);
  });

  it.each([false, true])('is read by the product as planted (fast way: %s)', async (speedPath) => {
    const answer = generate(layout, logPath(layout), options);
    const result = await scanBytes(
      `${layout}.log`,
      readFileSync(logPath(layout)),
      await scanOptions(ownCatalog(), { speedPath }),
    );
    expect(result.format).toBe(layouts[layout].format);
    expect(differences(found(result), answer)).toEqual([]);
  });
});

describe('the check of answers', () => {
  const answer: Answer = {
    layout: 'squid',
    bytes: 1000,
    lines: 100,
    skipped: 1,
    rejected: 2,
    events: 5,
    attempts: 1,
    rows: [
      { service: 'chatgpt', day: '2026-10-19', events: 4, attempts: 1, bytesOut: 10, bytesIn: 20, actors: 3 },
      { service: 'claude', day: '2026-10-20', events: 1, attempts: 0, bytesOut: 1, bytesIn: 2, actors: 1 },
    ],
    actors: { chatgpt: 3, claude: 1 },
    needleLines: 6,
  };
  const right = { rows: answer.rows, actors: answer.actors ?? {}, records: 100, rejected: 2, skipped: 1 };
  const [chatgpt, claude] = answer.rows as [Answer['rows'][0], Answer['rows'][0]];

  it('says nothing where all is equal', () => {
    expect(differences(right, answer)).toEqual([]);
  });

  it.each<[string, Partial<Found>]>([
    ['records: 99, expected 100', { records: 99 }],
    ['rejected: 3, expected 2', { rejected: 3 }],
    ['skipped: 0, expected 1', { skipped: 0 }],
    ['chatgpt 2026-10-19 events: 5, expected 4', { rows: [{ ...chatgpt, events: 5 }, claude] }],
    ['chatgpt 2026-10-19 attempts: 0, expected 1', { rows: [{ ...chatgpt, attempts: 0 }, claude] }],
    ['claude 2026-10-20 bytesIn: 3, expected 2', { rows: [chatgpt, { ...claude, bytesIn: 3 }] }],
    ['claude 2026-10-20 events: 0, expected 1', { rows: [chatgpt] }],
    ['grok 2026-10-20 events: 1, expected 0', { rows: [chatgpt, claude, { ...claude, service: 'grok' }] }],
    ['chatgpt 2026-10-19 actors: 2, expected 3', { rows: [{ ...chatgpt, actors: 2 }, claude] }],
    ['claude actors: 2, expected 1', { actors: { chatgpt: 3, claude: 2 } }],
  ])('says "%s"', (sentence, wrong) => {
    expect(differences({ ...right, ...wrong }, answer)).toContain(sentence);
  });

  it('adds up the answers of several logs', () => {
    const sum = addAnswers([answer, answer]);
    expect(sum).toMatchObject({ lines: 200, skipped: 2, rejected: 4, events: 10, attempts: 2, bytes: 2000 });
    expect(sum.rows[0]).toEqual({
      service: 'chatgpt',
      day: '2026-10-19',
      events: 8,
      attempts: 2,
      bytesOut: 20,
      bytesIn: 40,
    });
  });
});
