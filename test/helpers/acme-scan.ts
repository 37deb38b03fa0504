import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Catalog } from '../../src/catalog/compile.js';
import { loadCatalog } from '../../src/cli/common/catalog.js';
import { readInventory } from '../../src/inventory/read.js';
import { reconcile } from '../../src/inventory/reconcile.js';
import { Directory } from '../../src/people/directory.js';
import { readPeople } from '../../src/people/read-people.js';
import { buildReport } from '../../src/reports/build.js';
import { createLabels } from '../../src/reports/people.js';
import type { Report } from '../../src/reports/schema.js';
import type { ScanOptions } from '../../src/scan/options.js';
import type { InputResult } from '../../src/scan/result.js';
import { mergeInputs, periodOf } from '../../src/scan/scan.js';
import { scanInput } from '../../src/scan/scan-input.js';
import { findInputs, type NotRead } from '../../src/scan/walk.js';
import { scanOptions } from './scan.js';

/**
 * Scans the example company again and again while one file after another changes: what stayed the same is not read twice, so that
 * hundreds of scans take seconds. The people directory must stay the same.
 */
export class AcmeScanner {
  readonly #folder: string;
  readonly #catalog: Catalog;
  readonly #options: ScanOptions;
  readonly #files = new Map<string, Buffer>();
  readonly #results = new Map<string, InputResult>();

  private constructor(folder: string, catalog: Catalog, options: ScanOptions) {
    this.#folder = folder;
    this.#catalog = catalog;
    this.#options = options;
  }

  /** `folder` is empty; the first files hold people.csv. */
  static async open(
    folder: string,
    files: ReadonlyMap<string, Buffer>,
    more: Partial<ScanOptions> = {},
  ): Promise<AcmeScanner> {
    const catalog = loadCatalog();
    const people = readPeople(files.get('people.csv')?.toString() ?? '', 'people.csv');
    const directory = new Directory(people.people, 'people.csv');
    return new AcmeScanner(
      folder,
      catalog,
      await scanOptions(catalog, { resolve: (event) => directory.resolve(event), ...more }),
    );
  }

  /** The report on these files. */
  async scan(files: ReadonlyMap<string, Buffer>): Promise<Report> {
    this.#write(files);
    const notRead: NotRead[] = [];
    const registers = ['people.csv', 'inventory.yaml'].map((name) => realpathSync(join(this.#folder, name)));
    const results: InputResult[] = [];
    for await (const input of findInputs([this.#folder], new Set(registers), (problem) => notRead.push(problem))) {
      const result = this.#results.get(input.name) ?? (await scanInput(input, this.#options));
      this.#results.set(input.name, result);
      results.push(result);
    }
    return this.#report(results, notRead);
  }

  #write(files: ReadonlyMap<string, Buffer>): void {
    for (const [path, content] of files) {
      if (this.#files.get(path)?.equals(content) === true) continue;
      const full = join(this.#folder, path);
      mkdirSync(dirname(full), { recursive: true });
      writeFileSync(full, content);
      this.#files.set(path, content);
      for (const name of this.#results.keys()) if (name.startsWith(full)) this.#results.delete(name);
    }
  }

  #report(results: readonly InputResult[], notRead: readonly NotRead[]): Report {
    const merged = mergeInputs(results, 'UTC');
    const period = periodOf(results, this.#options);
    const file = join(this.#folder, 'inventory.yaml');
    const services = this.#catalog.services;
    const { entries, problems } = readInventory(readFileSync(file, 'utf8'), {
      file,
      services: new Set(services.keys()),
    });
    return buildReport({
      ...merged,
      version: '0',
      catalog: this.#catalog,
      zone: 'UTC',
      logZone: 'UTC',
      period,
      asOf: period.to,
      labels: createLabels(false, new Map(), 'a key for tests only'),
      candidates: merged.candidates.map(({ who, ...candidate }) => ({ ...candidate, actors: who.size })),
      inputs: results.map(describe),
      notRead: notRead.map(({ name, why }) => ({ file: name, why })),
      entries,
      reconciled: reconcile({ usage: merged.usage, entries, services, period, asOf: period.to }),
      problems: problems.map((problem) => problem.message),
    });
  }
}

function describe(result: InputResult): Report['coverage']['inputs'][number] {
  const { name, format = null, confidence, why, bytes, counts, hits, skips, rejects, problem = null } = result;
  const { lines, records, withEvents, events, skipped, rejected } = counts;
  return {
    file: name,
    format,
    title: null,
    confidence,
    why,
    kinds: [],
    bytes,
    lines,
    records,
    records_with_events: withEvents,
    events,
    skipped,
    rejected,
    hits,
    first: null,
    last: null,
    skips: Object.fromEntries(skips),
    rejects: Object.fromEntries(rejects),
    problem,
  };
}
