import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer, ServiceDay } from './generate/answer.js';

/** A roll-up as somebody found it. What is left out is not compared. */
export interface Found {
  rows: readonly ServiceDay[];
  actors?: Record<string, number>;
  records?: number;
  rejected?: number;
  skipped?: number;
}

/** What differs between a roll-up and what was planted, a sentence each; empty when they agree. */
export function differences(found: Found, answer: Answer): string[] {
  const wrong: string[] = [];
  const same = (what: string, actual: number | undefined, expected: number | undefined): void => {
    if (actual !== undefined && expected !== undefined && actual !== expected)
      wrong.push(`${what}: ${actual}, expected ${expected}`);
  };
  same('records', found.records, answer.lines);
  same('rejected', found.rejected, answer.rejected);
  same('skipped', found.skipped, answer.skipped);
  const expected = new Map(answer.rows.map((row) => [`${row.service} ${row.day}`, row]));
  const actual = new Map(found.rows.map((row) => [`${row.service} ${row.day}`, row]));
  for (const key of new Set([...expected.keys(), ...actual.keys()])) {
    const [mine, planted] = [actual.get(key), expected.get(key)];
    for (const value of ['events', 'attempts', 'bytesOut', 'bytesIn'] as const)
      same(`${key} ${value}`, mine?.[value] ?? 0, planted?.[value] ?? 0);
    if (mine !== undefined && planted !== undefined) same(`${key} actors`, mine.actors, planted.actors);
  }
  for (const service of Object.keys(answer.actors ?? {}))
    same(`${service} actors`, found.actors?.[service], answer.actors?.[service]);
  return wrong;
}

/** Adds up rows of service, day and actor, as peers print them and usage.csv holds them. */
export class FoundRows {
  readonly #rows = new Map<string, ServiceDay & { who: Set<string> }>();
  readonly #actors = new Map<string, Set<string>>();

  add(row: Omit<ServiceDay, 'actors'>, actor: string): void {
    const key = `${row.service} ${row.day}`;
    const sum = this.#rows.get(key);
    if (sum === undefined) this.#rows.set(key, { ...row, who: new Set([actor]) });
    else {
      sum.events += row.events;
      sum.attempts += row.attempts;
      sum.bytesOut += row.bytesOut;
      sum.bytesIn += row.bytesIn;
      sum.who.add(actor);
    }
    const actors = this.#actors.get(row.service) ?? new Set();
    this.#actors.set(row.service, actors.add(actor));
  }

  result(): Pick<Found, 'rows' | 'actors'> {
    return {
      rows: [...this.#rows.values()].map(({ who, ...row }) => ({ ...row, actors: who.size })),
      actors: Object.fromEntries([...this.#actors].map(([service, actors]) => [service, actors.size])),
    };
  }
}

/** What `halflight scan --out` wrote. */
export function readScan(folder: string): Found {
  const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as {
    totals: { records: number; rejected: number };
    coverage: { inputs: { skipped: number }[] };
  };
  const rows = new FoundRows();
  const lines = readFileSync(join(folder, 'usage.csv'), 'utf8').trimEnd().split('\r\n');
  const header = splitCsv(lines[0] ?? '');
  const column = (name: string): number => header.indexOf(name);
  const at = {
    day: column('day'),
    service: column('service'),
    actor: column('actor'),
    kind: column('actor_kind'),
    events: column('events'),
    attempts: column('attempts'),
    bytesOut: column('bytes_out'),
    bytesIn: column('bytes_in'),
  };
  for (const line of lines.slice(1)) {
    const cells = splitCsv(line);
    const [day = '', service = ''] = [cells[at.day], cells[at.service]];
    const number = (index: number): number => Number(cells[index]);
    rows.add(
      {
        service,
        day,
        events: number(at.events),
        attempts: number(at.attempts),
        bytesOut: number(at.bytesOut),
        bytesIn: number(at.bytesIn),
      },
      `${cells[at.kind]} ${cells[at.actor]}`,
    );
  }
  return {
    ...rows.result(),
    records: report.totals.records,
    rejected: report.totals.rejected,
    skipped: report.coverage.inputs.reduce((sum, input) => sum + input.skipped, 0),
  };
}

/** Cells of one row; no cell here holds a line end. */
function splitCsv(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'),
  );
}
