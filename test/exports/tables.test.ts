import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, describe, expect, it } from 'vitest';
import type { Usage } from '../../src/core/usage.js';
import { findingsTable } from '../../src/exports/tables/common/findings.js';
import { inventoryTable } from '../../src/exports/tables/common/inventory.js';
import { usageTable } from '../../src/exports/tables/common/usage.js';
import { tableFormat as csv } from '../../src/exports/tables/csv.js';
import { tableFormat as ndjson } from '../../src/exports/tables/ndjson.js';
import { tableFormat as parquet } from '../../src/exports/tables/parquet.js';
import { ndjson as linesOf } from '../helpers/cli.js';
import { bytesOf, entryRow, findingRow, usageRow } from './helpers/tables.js';

// Rows whose values are known come back through readers that are not ours.

const folder = mkdtempSync(join(tmpdir(), 'halflight-tables-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const usage = usageTable({
  actor: ({ id }) => `<${id}>`,
  group: ({ group }) => group,
  vendor: (service) => (service === 'chatgpt' ? 'OpenAI' : ''),
});
const findings = findingsTable((id) =>
  id === 'chatgpt' ? { name: 'ChatGPT', vendor: 'OpenAI', category: 'chat' } : undefined,
);
const inventory = inventoryTable(Date.parse('2026-11-22T00:00:00Z'));

const planted: readonly Usage[] = [
  usageRow({
    spend: new Map([
      ['EUR', -1250],
      ['USD', 9_007_199_254_740_991],
    ]),
  }),
  usageRow({ day: '', first: undefined, last: undefined, service: 'unheard-of' }),
  usageRow({ day: '0001-01-01', first: 0, last: -1 }),
  usageRow({ provenance: 'claimed' }),
];

let files = 0;
/** What DuckDB reads from a file of these bytes. */
async function duckdb(bytes: Buffer, ending: string, query: string): Promise<Record<string, unknown>[]> {
  files += 1;
  const file = join(folder, `${files}.${ending}`);
  writeFileSync(file, bytes);
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  try {
    const result = await connection.runAndReadAll(query.replace('FILE', `'${file}'`));
    return result.getRowObjectsJson() as Record<string, unknown>[];
  } finally {
    connection.closeSync();
  }
}

const arrayBuffer = (bytes: Buffer): ArrayBuffer => new Uint8Array(bytes).buffer;

describe('usage', () => {
  it('as CSV: the columns of usage.csv', async () => {
    const rows: unknown = parse(await bytesOf(csv, usage, planted), { relax_column_count: false });
    expect(rows).toEqual([
      'day service vendor actor actor_kind group source account_kind strength events attempts bytes_out bytes_in first last'.split(
        ' ',
      ),
      'day'
        .replace('day', '2026-11-02')
        .split(' ')
        .concat(
          'chatgpt OpenAI <p-7> person Sales proxy personal transfer 3 1 9007199254740991 0 2026-11-02T08:00:00.250Z 2026-11-02T17:30:00Z'.split(
            ' ',
          ),
        ),
      [
        '',
        'unheard-of',
        '',
        '<p-7>',
        'person',
        'Sales',
        'proxy',
        'personal',
        'transfer',
        '3',
        '1',
        '9007199254740991',
        '0',
        '',
        '',
      ],
      [
        '0001-01-01',
        'chatgpt',
        'OpenAI',
        '<p-7>',
        'person',
        'Sales',
        'proxy',
        'personal',
        'transfer',
        '3',
        '1',
        '9007199254740991',
        '0',
        '1970-01-01T00:00:00Z',
        '1969-12-31T23:59:59.999Z',
      ],
      // Whom nobody vouches for is not named.
      [
        '2026-11-02',
        'chatgpt',
        'OpenAI',
        'unverified',
        'person',
        '',
        'proxy',
        'personal',
        'transfer',
        '3',
        '1',
        '9007199254740991',
        '0',
        '2026-11-02T08:00:00.250Z',
        '2026-11-02T17:30:00Z',
      ],
    ]);
  });

  it('as JSON: raw values, and null for what is not known', async () => {
    const rows = linesOf((await bytesOf(ndjson, usage, planted)).toString());
    expect(rows).toHaveLength(4);
    expect(rows[0]).toEqual({
      day: '2026-11-02',
      service: 'chatgpt',
      vendor: 'OpenAI',
      actor: '<p-7>',
      actor_kind: 'person',
      group: 'Sales',
      source: 'proxy',
      account_kind: 'personal',
      strength: 'transfer',
      events: 3,
      attempts: 1,
      bytes_out: 9_007_199_254_740_991,
      bytes_in: 0,
      first: '2026-11-02T08:00:00.250Z',
      last: '2026-11-02T17:30:00Z',
      provenance: 'observed',
      confidence: 'high',
      spend: { EUR: -1250, USD: 9_007_199_254_740_991 },
    });
    expect(rows[1]).toMatchObject({ day: null, vendor: '', first: null, last: null, spend: {} });
  });

  it('as Parquet: DuckDB reads the same values, typed', async () => {
    const bytes = await bytesOf(parquet, usage, planted);
    const types = await duckdb(bytes, 'parquet', 'select column_name, column_type from (describe select * from FILE)');
    expect(Object.fromEntries(types.map((row) => [row.column_name, row.column_type]))).toEqual({
      ...Object.fromEntries(
        'service vendor actor actor_kind group source account_kind strength provenance confidence'
          .split(' ')
          .map((name) => [name, 'VARCHAR']),
      ),
      ...Object.fromEntries('events attempts bytes_out bytes_in'.split(' ').map((name) => [name, 'BIGINT'])),
      day: 'DATE',
      first: 'TIMESTAMP WITH TIME ZONE',
      last: 'TIMESTAMP WITH TIME ZONE',
      spend: 'MAP(VARCHAR, BIGINT)',
    });
    const rows = await duckdb(
      bytes,
      'parquet',
      `select day::varchar as day, service, actor, events, bytes_out, epoch_ms(first)::bigint as first, epoch_ms(last)::bigint as last,
        spend['EUR'] as eur, cardinality(spend) as currencies from FILE`,
    );
    expect(rows).toEqual([
      {
        day: '2026-11-02',
        service: 'chatgpt',
        actor: '<p-7>',
        events: '3',
        bytes_out: '9007199254740991',
        first: '1793606400250',
        last: '1793640600000',
        eur: '-1250',
        currencies: '2',
      },
      {
        day: null,
        service: 'unheard-of',
        actor: '<p-7>',
        events: '3',
        bytes_out: '9007199254740991',
        first: null,
        last: null,
        eur: null,
        currencies: '0',
      },
      {
        day: '0001-01-01',
        service: 'chatgpt',
        actor: '<p-7>',
        events: '3',
        bytes_out: '9007199254740991',
        first: '0',
        last: '-1',
        eur: null,
        currencies: '0',
      },
      {
        day: '2026-11-02',
        service: 'chatgpt',
        actor: 'unverified',
        events: '3',
        bytes_out: '9007199254740991',
        first: '1793606400250',
        last: '1793640600000',
        eur: null,
        currencies: '0',
      },
    ]);
    // The bounds that a reader skips row groups by are right too.
    const found = await duckdb(
      bytes,
      'parquet',
      `select count(*) as n from FILE where day < date '2026-11-02' and bytes_out > 1`,
    );
    expect(found).toEqual([{ n: '1' }]);
  });

  it('as Parquet: many row groups hold all rows in their order, and no rows are a file too', async () => {
    const many = Array.from({ length: 70_000 }, (_, n) => usageRow({ events: n, service: `s-${n % 300}` }));
    const bytes = await bytesOf(parquet, usage, many, 5000);
    const [seen] = await duckdb(
      bytes,
      'parquet',
      `select count(*) as n, sum(events) as total, bool_and(events = file_row_number) as ordered,
        bool_and(service = 's-' || (events % 300)) as matched from read_parquet(FILE, file_row_number = true)`,
    );
    expect(seen).toEqual({ n: '70000', total: String((69_999 * 70_000) / 2), ordered: true, matched: true });
    const [groups] = await duckdb(bytes, 'parquet', 'select num_row_groups as n from parquet_file_metadata(FILE)');
    expect(Number(groups?.n)).toBeGreaterThan(1);

    const none = await bytesOf(parquet, usage, []);
    expect(await duckdb(none, 'parquet', 'select count(*) as n from FILE')).toEqual([{ n: '0' }]);
    expect(await bytesOf(ndjson, usage, [])).toHaveLength(0);
    expect((await bytesOf(csv, usage, [])).toString().trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('findings', () => {
  const rows = [
    findingRow(),
    findingRow({ id: 'x/unknown', service: 'x', state: 'watched', signals: [], firstSeen: null }),
  ];

  it('come back from each form', async () => {
    const sheet: unknown = parse(await bytesOf(csv, findings, rows), { columns: true });
    expect(sheet).toMatchObject([
      {
        id: 'chatgpt/personal',
        name: 'ChatGPT',
        vendor: 'OpenAI',
        category: 'chat',
        state: 'open',
        verdict: 'unregistered',
        entry: '',
        risk_score: '61',
        risk_level: 'high',
        risk_factors: 'trains-on-input; many-people',
        signals: 'new-service',
        contact_only: 'no',
        people: '12',
        bytes_in: '8000000000',
        first_seen: '2026-11-01T07:00:00Z',
        resolved_at: '',
      },
      { id: 'x/unknown', name: 'x', vendor: '', signals: '', first_seen: '' },
    ]);
    expect(linesOf((await bytesOf(ndjson, findings, rows)).toString())).toMatchObject([
      { risk_factors: ['trains-on-input', 'many-people'], claimed_only: false, entry: null, resolved_at: null },
      { signals: [], first_seen: null },
    ]);
    expect(
      await duckdb(
        await bytesOf(parquet, findings, rows),
        'parquet',
        'select id, risk_score, risk_factors[2] as second, len(signals) as signals, contact_only, epoch_ms(opened_at) as opened from FILE',
      ),
    ).toEqual([
      {
        id: 'chatgpt/personal',
        risk_score: '61',
        second: 'many-people',
        signals: '1',
        contact_only: false,
        opened: '1793516405000',
      },
      {
        id: 'x/unknown',
        risk_score: '61',
        second: 'many-people',
        signals: '0',
        contact_only: false,
        opened: '1793516405000',
      },
    ]);
  });
});

describe('the inventory', () => {
  it('comes back from each form', async () => {
    const rows = [entryRow()];
    const sheet: unknown = parse(await bytesOf(csv, inventory, rows), { columns: true });
    expect(sheet).toMatchObject([
      {
        id: 'support-bot',
        services: 'azure-openai; acme-bot',
        risk_tier: '3',
        approval_date: '2026-02-28',
        review_date: '',
        sensitive_sources: 'customer-data: masked',
        exception_until: '2027-01-31',
        exception_controls: 'review',
        purpose: '',
      },
    ]);
    expect(linesOf((await bytesOf(ndjson, inventory, rows)).toString())).toMatchObject([
      { conditions: ['no customer data', 'logs kept; 30 days'], purpose: null, approval_date: '2026-02-28' },
    ]);
    expect(
      await duckdb(
        await bytesOf(parquet, inventory, rows),
        'parquet',
        "select id, conditions, approval_date::varchar as approved, approval_date + 1 > date '2026-02-28' as is_date, workspaces from FILE",
      ),
    ).toEqual([
      {
        id: 'support-bot',
        conditions: ['no customer data', 'logs kept; 30 days'],
        approved: '2026-02-28',
        is_date: true,
        workspaces: [],
      },
    ]);
  });
});

describe('whatever log data hold', () => {
  const hostileTexts = [
    '=HYPERLINK("http://x")',
    '@SUM(1)',
    "'=1",
    ' +1',
    '-1',
    '\u001b]8;;http://x\u0007y',
    '"; DROP',
    'a\r\nb',
    '\u2028',
    '\u202eevil',
    '__proto__',
    '\uff1d1',
    ',',
    '',
    '\u0000',
    '\ufeffday',
  ];
  const hostile = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom(...hostileTexts));
  const rows = fc.array(
    fc.record({
      service: hostile,
      id: hostile,
      source: hostile,
      currency: hostile,
      amount: fc.maxSafeInteger(),
      time: fc.option(fc.integer({ min: -8.64e15, max: 8.64e15 }), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 8 },
  );
  const usageOf = (row: {
    service: string;
    id: string;
    source: string;
    currency: string;
    amount: number;
    time: number | undefined;
  }) =>
    usageRow({
      service: row.service,
      actor: { kind: 'user', id: row.id, group: '' },
      source: row.source,
      spend: new Map([[row.currency, row.amount]]),
      first: row.time,
      last: row.time,
    });

  /** hyparquet drops a byte order mark at the beginning of a text, as TextDecoder does. */
  const withoutMark = (text: string): string => text.replace(/^\ufeff/, '');

  it('comes back from Parquet through DuckDB as it was', async () => {
    const bytes = await bytesOf(
      parquet,
      usage,
      hostileTexts.map((text, n) =>
        usageRow({
          service: text,
          events: n,
          actor: { kind: 'user', id: text, group: text },
          spend: new Map([[text, n]]),
        }),
      ),
    );
    // As the bytes of its UTF-8: the binding for JavaScript would drop a byte order mark, as TextDecoder does.
    const read = await duckdb(
      bytes,
      'parquet',
      'select hex(service) as service, hex(actor) as actor, hex("group") as "group", hex(map_keys(spend)[1]) as currency from FILE order by events',
    );
    const hex = (text: string): string => Buffer.from(text).toString('hex').toUpperCase();
    expect(read).toEqual(
      hostileTexts.map((text) => ({
        service: hex(text),
        actor: hex(`<${text}>`),
        group: hex(text),
        currency: hex(text),
      })),
    );
  });

  it('comes back from JSON and Parquet as it was', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (given) => {
        const text = (await bytesOf(ndjson, usage, given.map(usageOf), 2)).toString();
        // biome-ignore lint/suspicious/noControlCharactersInRegex: nothing of it may reach a terminal
        expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/);
        const lines = linesOf(text);
        const read = await parquetReadObjects({
          file: arrayBuffer(await bytesOf(parquet, usage, given.map(usageOf), 2)),
        });
        expect(lines).toHaveLength(given.length);
        expect(read).toHaveLength(given.length);
        given.forEach((row, n) => {
          expect(lines[n]).toMatchObject({ service: row.service, actor: `<${row.id}>`, source: row.source });
          expect(Object.entries(lines[n]?.spend ?? {})).toEqual([[row.currency, row.amount]]);
          const time = lines[n]?.first;
          expect(typeof time === 'string' ? Date.parse(time) : undefined).toBe(row.time);
          expect(read[n]).toMatchObject({
            service: withoutMark(row.service),
            actor: `<${row.id}>`,
            source: withoutMark(row.source),
          });
          expect((read[n]?.first as Date | undefined)?.getTime()).toBe(row.time);
        });
      }),
      { seed: 20261126, numRuns: 150 },
    );
  });

  it('comes back from CSV as text that no spreadsheet runs and no terminal obeys', async () => {
    // What a reader must do to have the value back: the apostrophe off, the escapes undone.
    const undo = (cell: string): string =>
      cell
        .replace(/^'(?=['\s]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])/, '')
        .replace(/\\u\{([0-9a-f]+)\}/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
    await fc.assert(
      fc.asyncProperty(rows, async (given) => {
        const bytes = await bytesOf(csv, usage, given.map(usageOf), 2);
        const cells: string[][] = parse(bytes, { from_line: 2 });
        expect(cells).toHaveLength(given.length);
        given.forEach((row, n) => {
          for (const [at, value] of [
            [1, row.service],
            [6, row.source],
          ] as const) {
            const cell = cells[n]?.[at] ?? '';
            expect(cell).not.toMatch(/^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/);
            // biome-ignore lint/suspicious/noControlCharactersInRegex: nothing of it may reach a terminal
            expect(cell).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e]/);
            // A text that looks like an escape already cannot be told from one.
            if (!value.includes('\\u{')) expect(undo(cell)).toBe(value);
          }
        });
      }),
      { seed: 20261126, numRuns: 300 },
    );
  });
});
