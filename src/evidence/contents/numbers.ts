import { csvRow } from '../../core/csv-write.js';
import type { NumberRow } from '../../store/reads/bundle.js';
import { type CountName, countNames, usageColumns } from '../format.js';
import { type BundleContext, instant, line } from './context.js';

type Counts = Record<CountName, number> & { spend: Record<string, number> };

/** A row of the roll-up, and what each chunk gave to it. */
interface TracedNumber extends Counts {
  row: number;
  day: string;
  service: string;
  actor_kind: string;
  actor: string;
  group: string;
  source: string;
  account_kind: string;
  strength: string;
  provenance: string;
  confidence: string;
  first: string | null;
  last: string | null;
  parts: ({ chunk: string; lines: [from: number, to: number] } & Counts)[];
  /** What is in the row beside its parts. Null: nothing, as it should be. */
  rest: Counts | null;
}

/** numbers.ndjson */
export async function* numberLines(context: BundleContext): AsyncGenerator<string> {
  for await (const row of tracedNumbers(context)) yield line({ ...row });
}

/** usage.csv */
export async function* usageLines(context: BundleContext): AsyncGenerator<string> {
  yield csvRow(usageColumns);
  for await (const row of tracedNumbers(context)) {
    const cells = { ...row, vendor: context.vendorOf(row.service), first: row.first ?? '', last: row.last ?? '' };
    yield csvRow(usageColumns.map((name) => cells[name]));
  }
}

/** summary.json: the sums of numbers.ndjson by service and kind of account. */
export async function* summaryText(context: BundleContext): AsyncGenerator<string> {
  const services = new Map<string, Record<string, string | number>>();
  const total: Record<string, string | number> = { rows: 0, ...zero(), not_traced: 0 };
  for await (const row of tracedNumbers(context)) {
    const key = `${row.service}/${row.account_kind}`;
    const sum = services.get(key) ?? {
      service: row.service,
      account_kind: row.account_kind,
      rows: 0,
      ...zero(),
      not_traced: 0,
    };
    services.set(key, sum);
    for (const each of [sum, total]) {
      each.rows = Number(each.rows) + 1;
      for (const name of countNames) each[name] = Number(each[name]) + row[name];
      if (row.rest !== null) each.not_traced = Number(each.not_traced) + 1;
    }
  }
  const sorted = [...services].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
  yield `${JSON.stringify({ total, services: sorted }, null, 2)}\n`;
}

const zero = (): Record<CountName, number> => ({ events: 0, attempts: 0, bytes_out: 0, bytes_in: 0 });

/** Rows of one number stand together: the query gives them in the order of its key. */
async function* tracedNumbers({ numbers, people }: BundleContext): AsyncGenerator<TracedNumber> {
  let open: { key: string; number: TracedNumber } | undefined;
  let count = 0;
  for await (const page of numbers()) {
    for (const row of page) {
      const key = keyOf(row);
      if (open === undefined || open.key !== key) {
        if (open !== undefined) yield closed(open.number);
        open = { key, number: opened(row, ++count, people) };
      }
      if (row.chunk !== null)
        open.number.parts.push({ chunk: row.chunk, lines: [1, row.chunk_lines ?? 0], ...countsOf(row.share) });
    }
  }
  if (open !== undefined) yield closed(open.number);
}

const keyOf = (row: NumberRow): string =>
  JSON.stringify([
    row.day,
    row.service,
    row.actor_kind,
    row.actor,
    row.actor_group,
    row.source,
    row.account_kind,
    row.strength,
    row.provenance,
  ]);

function opened(row: NumberRow, number: number, people: BundleContext['people']): TracedNumber {
  const actor = { kind: row.actor_kind, id: row.actor, group: row.actor_group };
  return {
    row: number,
    day: row.day,
    service: row.service,
    actor_kind: row.actor_kind,
    actor: people.actor(actor),
    group: people.group(actor),
    source: row.source,
    account_kind: row.account_kind,
    strength: row.strength,
    provenance: row.provenance,
    confidence: row.confidence,
    ...countsOf(row),
    first: instant(row.first),
    last: instant(row.last),
    parts: [],
    rest: null,
  };
}

const countsOf = ({ events, attempts, bytes_out, bytes_in, spend }: Counts): Counts => ({
  events,
  attempts,
  bytes_out,
  bytes_in,
  spend: Object.fromEntries(Object.entries(spend).sort(([a], [b]) => (a < b ? -1 : 1))),
});

/** With what its parts do not explain. */
function closed(number: TracedNumber): TracedNumber {
  const rest = countsOf(number);
  for (const part of number.parts) {
    for (const name of countNames) rest[name] -= part[name];
    for (const [currency, amount] of Object.entries(part.spend))
      rest.spend[currency] = (rest.spend[currency] ?? 0) - amount;
  }
  rest.spend = Object.fromEntries(Object.entries(rest.spend).filter(([, amount]) => amount !== 0));
  const explained = countNames.every((name) => rest[name] === 0) && Object.keys(rest.spend).length === 0;
  return { ...number, rest: explained ? null : rest };
}
