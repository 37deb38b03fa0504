import { nearest, type Problem, shortValue } from '../core/problem.js';
import type { InventoryEntry } from '../core/register.js';
import type { ReadOptions } from './file.js';

/** What one entry alone does not show: ids that occur twice, services that the catalog does not have, fields that do not fit. */
export class EntryCheck {
  readonly #options: ReadOptions;
  readonly #firstLine = new Map<string, number>();
  constructor(options: ReadOptions) {
    this.#options = options;
  }

  /** The entry with its services as the catalog spells them, or undefined when it does not stand. */
  run(
    entry: InventoryEntry,
    lines: ReadonlyMap<string, number>,
    entryLine: number,
    problems: Problem[],
  ): InventoryEntry | undefined {
    const say = (severity: Problem['severity'], field: string, value: string, message: string): void => {
      const line = lines.get(field) ?? entryLine;
      problems.push({ severity, file: this.#options.file, line, field, value: shortValue(value), message });
    };
    const key = entry.id.toLowerCase();
    const first = this.#firstLine.get(key);
    if (first !== undefined) {
      say('error', 'id', entry.id, `the id "${entry.id}" stands on line ${first} already; give this entry another one`);
      return undefined;
    }
    this.#firstLine.set(key, lines.get('id') ?? entryLine);

    const services = [...new Set(entry.services.map((service) => this.#catalogId(service)))];
    for (const service of services) {
      if (this.#options.services === undefined || this.#options.services.has(service)) continue;
      const meant = nearest(service, this.#options.services);
      const advice = meant === undefined ? '`halflight catalog list` shows the ids' : `did you mean ${meant}?`;
      say('warning', 'services', service, `the catalog has no service "${shortValue(service)}"; ${advice}`);
    }
    const allows = entry.status === 'approved' || entry.status === 'conditional';
    if (services.length === 0)
      say('warning', 'services', '', 'no catalog service is named, so no observed use can be held against this entry');
    if (allows && !lines.has('allowed_account'))
      say(
        'warning',
        'allowed_account',
        '',
        'not given, so personal accounts count as approved too; set enterprise, personal or any',
      );
    if (entry.status === 'approved' && entry.conditions.length > 0)
      say(
        'warning',
        'conditions',
        '',
        'conditions are listed, but the status is approved; use the status conditional if they bind',
      );
    if (entry.exception !== undefined && (entry.status === 'denied' || entry.status === 'retired'))
      say(
        'warning',
        'exception_until',
        entry.exception.until,
        `the status ${entry.status} goes before the exception; set approved or conditional if it is meant to run`,
      );
    return { ...entry, services };
  }

  /** `ChatGPT` for the id `chatgpt`. */
  #catalogId(service: string): string {
    const known = this.#options.services;
    if (known === undefined || known.has(service)) return service;
    const slug = service
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '');
    return known.has(slug) ? slug : service;
  }
}
