import type { AccountKind } from '../core/hit.js';
import type { Use, UseKind } from '../core/use.js';

/** Models of one service and kind that are told apart in a day: the first of the alphabet, so the order of events does not matter. */
export const maxModels = 100;

/** Adds up kinds of use by service and day: a few rows each, whoever used it. */
export class UseTable {
  readonly #services = new Map<string, Map<string, Use[]>>();

  add(day: string, service: string, accountKind: AccountKind, kind: UseKind, model: string, events: number): void {
    let days = this.#services.get(service);
    if (days === undefined) {
      days = new Map();
      this.#services.set(service, days);
    }
    let rows = days.get(day);
    if (rows === undefined) {
      rows = [];
      days.set(day, rows);
    }
    for (const row of rows)
      if (row.kind === kind && row.accountKind === accountKind && row.model === model) {
        row.events += events;
        return;
      }
    rows.push({ day, service, accountKind, kind, model, events });
    if (model !== '') bound(rows, accountKind, kind);
  }

  merge(uses: readonly Use[]): void {
    for (const { day, service, accountKind, kind, model, events } of uses)
      this.add(day, service, accountKind, kind, model, events);
  }

  /** By service, day, kind of account, kind and model. */
  sorted(): Use[] {
    const key = (row: Use): string => [row.service, row.day, row.accountKind, row.kind, row.model].join('\0');
    return [...this.#services.values()]
      .flatMap((days) => [...days.values()].flat())
      .map((row) => [key(row), row] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, row]) => row);
  }
}

/**
 * Where there is one model too many, the last of the alphabet joins those without a name. It can never come back: names before it
 * only grow.
 */
function bound(rows: Use[], accountKind: AccountKind, kind: UseKind): void {
  const named = rows.filter((row) => row.model !== '' && row.kind === kind && row.accountKind === accountKind);
  if (named.length <= maxModels) return;
  const last = named.reduce((a, b) => (b.model > a.model ? b : a));
  rows.splice(rows.indexOf(last), 1);
  const rest = rows.find((row) => row.model === '' && row.kind === kind && row.accountKind === accountKind);
  if (rest === undefined) rows.push({ ...last, model: '' });
  else rest.events += last.events;
}
