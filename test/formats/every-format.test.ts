import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actions, type EventDraft } from '../../src/core/event.js';
import { isReject, isSkip, type Outcome } from '../../src/core/format.js';
import { completeEvent } from '../../src/formats/common/complete.js';
import { allFormats } from '../../src/formats/common/registry.js';
import { takeSample } from '../../src/formats/common/sample.js';

// What every format promises whatever it is given, tried on its own fixtures, damaged, and on lines made to be slow.
const root = join(import.meta.dirname, '../fixtures/formats');
const formats = await allFormats();
const ids = [...formats.keys()];

const inputsOf = (id: string): string[] =>
  readdirSync(join(root, id))
    .filter((file) => /\.(log|csv|json|ndjson)$/.test(file) && !file.endsWith('.expected.json'))
    .map((file) => readFileSync(join(root, id, file), 'utf8'));

function formatOf(id: string) {
  const format = formats.get(id);
  if (format === undefined) throw new Error(`no format ${id}`);
  return format;
}

const sampleOf = (text: string) => takeSample('input', Buffer.from(text), true);

/** A reader that has seen the lines of a fixture, its header among them. */
function warmReader(id: string, text: string) {
  const reader = formatOf(id).open({ zone: 'UTC', modified: Date.UTC(2026, 10, 22), sample: sampleOf(text) });
  for (const line of text.split(/\r?\n/)) if (line.trim() !== '') reader.read(line);
  return reader;
}

function check(outcome: Outcome, id: string): void {
  if (isSkip(outcome) || isReject(outcome)) {
    const reason = isSkip(outcome) ? outcome.skip : outcome.reject;
    expect(reason.length).toBeGreaterThan(3);
    expect(reason.length).toBeLessThan(80);
    return;
  }
  const drafts = (Array.isArray(outcome) ? outcome : [outcome]) as readonly EventDraft[];
  expect(drafts.length).toBeGreaterThan(0);
  for (const draft of drafts) {
    const event = completeEvent(draft, 1, id);
    expect(formatOf(id).kinds).toContain(event.kind);
    expect(actions).toContain(event.action);
    for (const value of Object.values(event)) expect([undefined, null, '', '-', Number.NaN]).not.toContain(value);
    for (const key of ['port', 'status', 'bytes_out', 'bytes_in'] as const)
      if (event[key] !== undefined) expect(Number.isSafeInteger(event[key]) && event[key] >= 0, key).toBe(true);
    if (event.scopes !== undefined) expect(event.scopes.every((scope) => scope.trim() !== '')).toBe(true);
  }
}

describe.each(ids)('%s', (id) => {
  const inputs = inputsOf(id);
  const lines = inputs.flatMap((text) => text.split(/\r?\n/)).filter((line) => line.trim() !== '');
  const cuts = fc.array(fc.record({ at: fc.nat(900), drop: fc.nat(20), put: fc.string({ maxLength: 6 }) }), {
    maxLength: 3,
  });
  const damaged = fc
    .tuple(fc.constantFrom(...lines), cuts)
    .map(([line, changes]) =>
      changes.reduce((text, { at, drop, put }) => text.slice(0, at) + put + text.slice(at + drop), line),
    );

  it('reads damaged records without throwing, and its events hold values only', () => {
    for (const input of inputs) {
      const reader = warmReader(id, input);
      fc.assert(
        fc.property(fc.oneof(damaged, fc.string({ maxLength: 200 }), fc.json()), (text) => {
          if (text.trim() !== '') check(reader.read(text), id);
          formatOf(id).detect(sampleOf(text));
        }),
        { seed: 20261122, numRuns: 120 },
      );
    }
  });

  it('comes to an end on long lines', () => {
    const reader = warmReader(id, inputs[0] ?? '');
    const starts = ['', '"', '{"', '<30>Nov 22 10:15:01 h ', `${(lines[lines.length >> 1] ?? '').slice(0, 60)}`];
    const fills = [' ', ',', '"', '=', '\\', '\t', 'a=', ':', '.', '{', '[', '(5)', 'a ', '@', '1.', ' - ', 'ab'];
    for (const start of starts)
      for (const fill of fills) {
        const text = start + fill.repeat(150_000 / fill.length);
        if (text.trim() === '') continue;
        check(reader.read(text), id);
        formatOf(id).detect(sampleOf(text.slice(0, 65_536)));
      }
  });
});
