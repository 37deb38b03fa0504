import type { Contract } from '../../core/contract.js';
import { sniffDelimiter, splitCsv } from '../../core/csv.js';
import type { Problem } from '../../core/problem.js';
import { dayOf } from '../../core/time.js';
import { type DayOrder, dayOrder, parseDate } from '../../formats/common/dates.js';
import { foldName } from '../../formats/common/expense-columns.js';

type Column = 'vendor' | 'name' | 'number' | 'start' | 'end' | 'owner' | 'status';

/** Column names, the more telling first: Coupa, SAP Ariba, and what lists of one's own are called. Compared by `foldName`. */
const names: Readonly<Record<Column, string>> = {
  vendor:
    'supplier - common supplier|supplier name|supplier|vendor name|vendor|contracting party|counterparty|counterparty name|party|company name|company|lieferant|lieferantenname|vertragspartner|fournisseur|proveedor|fornitore|leverancier',
  name: 'contract name|contract - contract|contract title|agreement name|agreement title|agreement|contract description|description|product|product name|title|name|vertragsname|vertragsbezeichnung|bezeichnung|vertrag|contract',
  number:
    'contract #|contract number|contract no|contract id|agreement number|agreement no|agreement id|number|id|reference|vertragsnummer|vertrags-nr|numero de contrat|numero de contrato',
  start:
    'contract start date|contract start|start date|effective date|agreement date|starts|start|valid from|begin date|vertragsbeginn|beginn|gultig ab|date de debut|fecha de inicio',
  end: 'contract end date|contract end|end date|expiration date|expiry date|expires|expiration|expiry|termination date|end|valid until|valid to|vertragsende|ende|laufzeitende|gultig bis|date de fin|fecha de fin',
  owner:
    'contract owner|owner - user|owner name|owner|business owner|contract manager|project owner|responsible|requester|owner email|vertragsverantwortlicher|verantwortlicher|verantwortlich|responsable',
  status: 'contract status|status|state|lifecycle status|vertragsstatus',
};
/** `Contract #` is the number of it. */
const fold = (name: string): string => foldName(name.slice(0, 200).replaceAll('#', ' no'));

const ranks = new Map<string, { column: Column; rank: number }>(
  (Object.entries(names) as [Column, string][]).flatMap(([column, list]) =>
    list
      .split('|')
      .map((name, rank) => [fold(name), { column, rank }] as const)
      .reverse(),
  ),
);

/** Contracts that are kept. */
const maxContracts = 20_000;
const maxText = 200;

export interface ContractFile {
  contracts: readonly Contract[];
  problems: readonly Problem[];
}

/**
 * Reads a vendor list: CSV with a header line, after any lines above it. A wrong row costs itself.
 * `modified`: milliseconds; for dates without a year.
 */
export function readContracts(text: string, file: string, modified: number): ContractFile {
  const records = recordsOf(text);
  const problem = (line: number, field: string, value: string, message: string): Problem => ({
    severity: 'error',
    file,
    line,
    field,
    value: value.slice(0, 80),
    message,
  });
  const header = records.map(headerOf).findIndex((found) => found !== undefined);
  const found = headerOf(records[header] ?? { line: 1, fields: [] });
  if (found === undefined) {
    const first = records[0]?.fields.join(',') ?? '';
    const message =
      'no line names the columns: a vendor list has at least a vendor (or supplier) and a contract name, number, start or end';
    return { contracts: [], problems: [problem(1, 'vendor', first, message)] };
  }
  const rows = records.slice(header + 1);
  const cell = (fields: readonly string[], column: Column): string =>
    (fields[found.get(column) ?? -1] ?? '').trim().slice(0, maxText);
  const order = orderOf(rows.flatMap(({ fields }) => [cell(fields, 'start'), cell(fields, 'end')]));
  const contracts: Contract[] = [];
  const problems: Problem[] = [];
  for (const { line, fields } of rows) {
    if (fields.every((field) => field.trim() === '')) continue;
    const vendor = cell(fields, 'vendor');
    if (vendor === '') {
      problems.push(problem(line, 'vendor', '', 'the row names no vendor; fill it in or remove the row'));
      continue;
    }
    const day = (column: 'start' | 'end'): string | undefined => {
      const written = cell(fields, column);
      if (written === '') return undefined;
      const time = parseDate(written, order, 'UTC', modified);
      if (time === undefined)
        problems.push(problem(line, column, written, `"${written.slice(0, 40)}" is no date; write it as 2027-03-31`));
      return time === undefined ? undefined : dayOf(time, 'UTC');
    };
    if (contracts.length >= maxContracts) {
      problems.push(problem(line, '', '', `only the first ${maxContracts} contracts are read; split the list`));
      break;
    }
    contracts.push({
      vendor,
      name: cell(fields, 'name'),
      number: cell(fields, 'number'),
      start: day('start'),
      end: day('end'),
      owner: cell(fields, 'owner'),
      status: cell(fields, 'status'),
      line,
    });
  }
  return { contracts, problems };
}

interface Row {
  line: number;
  fields: string[];
}

function headerOf({ fields }: Row): Map<Column, number> | undefined {
  const best = new Map<Column, { index: number; rank: number }>();
  for (const [index, name] of fields.entries()) {
    const known = ranks.get(fold(name));
    const before = known === undefined ? undefined : best.get(known.column);
    if (known !== undefined && (before === undefined || known.rank < before.rank))
      best.set(known.column, { index, rank: known.rank });
  }
  const columns = new Map([...best].map(([column, { index }]) => [column, index]));
  const more = (['name', 'number', 'start', 'end'] as const).some((column) => columns.has(column));
  return columns.has('vendor') && more ? columns : undefined;
}

/** Records with the line on which each begins; a quoted field may hold line ends. */
function recordsOf(text: string): Row[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const delimiter = sniffDelimiter(
    lines
      .slice(0, 10)
      .reduce((a, b) => (b.length > a.length ? b : a), '')
      .slice(0, 4000),
  );
  const rows: Row[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = at + 1;
    let record = lines[at++] ?? '';
    let fields = splitCsv(record, delimiter);
    // A field that does not close within some lines never will.
    for (let more = 0; fields === undefined && more < 20 && at < lines.length; more++) {
      record += `\n${lines[at++] ?? ''}`;
      fields = splitCsv(record, delimiter);
    }
    rows.push({ line, fields: fields ?? [record] });
  }
  return rows;
}

/** Lists of contracts name no currency that would tell: a day above 12 decides, else the separator, else the day comes first. */
const orderOf = (dates: readonly string[]): DayOrder => dayOrder(dates, 'dmy');
