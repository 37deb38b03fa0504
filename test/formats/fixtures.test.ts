import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { detectFormat } from '../../src/formats/common/detect.js';
import { parseMapping } from '../../src/formats/common/mapping-file.js';
import { allFormats } from '../../src/formats/common/registry.js';
import { takeSample } from '../../src/formats/common/sample.js';
import { type Parsed, parseBytes } from '../helpers/parse.js';

// Each format is proved by test/fixtures/formats/<id>/: any number of inputs `NAME.log|.csv|.json|.ndjson`, each with
// `NAME.expected.json` beside it ({events, skips, rejects, and leases where there are any}), and for mapped formats `NAME.mapping.yaml`.
// UPDATE_FIXTURES=1 rewrites the expectations for review line by line; it is refused in CI.
const root = join(import.meta.dirname, '../fixtures/formats');
const update = process.env.UPDATE_FIXTURES === '1';
if (update && process.env.CI) throw new Error('UPDATE_FIXTURES is refused in CI: expectations are reviewed by hand.');

interface Expected {
  events: Record<string, unknown>[];
  skips: Parsed['skips'];
  rejects: Parsed['rejects'];
  leases?: Parsed['leases'];
}
interface Case {
  id: string;
  input: string;
  expectedFile: string;
  mappingFile: string;
}

const cases: Case[] = readdirSync(root).flatMap((id) =>
  readdirSync(join(root, id))
    .filter((file) => /\.(log|csv|json|ndjson)$/.test(file) && !file.endsWith('.expected.json'))
    .map((file) => {
      const stem = join(root, id, file.replace(/\.[a-z]+$/, ''));
      return {
        id,
        input: join(root, id, file),
        expectedFile: `${stem}.expected.json`,
        mappingFile: `${stem}.mapping.yaml`,
      };
    }),
);

async function read(item: Case): Promise<Expected> {
  const mapping = existsSync(item.mappingFile)
    ? parseMapping(parseYaml(readFileSync(item.mappingFile, 'utf8')), item.mappingFile)
    : undefined;
  const { events, skips, rejects, leases } = await parseBytes(item.id, readFileSync(item.input), { mapping });
  return { events, skips, rejects, ...(leases !== undefined && { leases }) };
}

/** One JSON value a line, so that a change of one field is a change of one line. */
function print(expected: Expected): string {
  const list = (items: readonly unknown[]): string =>
    items.length === 0 ? '[]' : `[\n${items.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`;
  const leases = expected.leases === undefined ? '' : `,\n  "leases": ${list(expected.leases)}`;
  return `{\n  "events": ${list(expected.events)},\n  "skips": ${list(expected.skips)},\n  "rejects": ${list(expected.rejects)}${leases}\n}\n`;
}

describe('every format reads its fixtures as expected', () => {
  it.each(cases.map((item) => [item.input.slice(root.length + 1), item] as const))('%s', async (_name, item) => {
    const actual = await read(item);
    if (update) writeFileSync(item.expectedFile, print(actual));
    const expected = JSON.parse(readFileSync(item.expectedFile, 'utf8')) as Expected;
    expect(actual).toEqual(expected);
  });

  it.each(cases.map((item) => [item.input.slice(root.length + 1), item] as const))(
    '%s is detected as its own format',
    async (_name, item) => {
      if (existsSync(item.mappingFile)) return; // mapped formats are chosen by the user
      const bytes = readFileSync(item.input);
      const detected = detectFormat(await allFormats(), takeSample('input', bytes, true));
      expect(detected).toMatchObject({ format: item.id });
    },
  );

  it('the runner sees a change of any expected field', async () => {
    for (const item of cases) {
      const actual = await read(item);
      for (const [i, event] of actual.events.entries()) {
        for (const key of Object.keys(event)) {
          const changed = structuredClone(actual);
          (changed.events[i] as Record<string, unknown>)[key] = 'changed';
          expect(() => expect(actual).toEqual(changed), `${item.input}: event ${i}, ${key}`).toThrow();
        }
      }
    }
  });
});

it('a format without fixtures, or fixtures without a format, fail', async () => {
  const ids = [...(await allFormats()).keys()];
  expect([...new Set(cases.map((item) => item.id))].sort()).toEqual(ids.sort());
});
