import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog } from '../catalog/compile.js';
import type { Confidence } from '../core/hit.js';
import { confidences } from '../core/hit.js';
import { loadPlugins } from '../core/plugins.js';
import { compareVerdicts } from '../inventory/decide.js';
import { type Collected, Collector, strengthOf } from './collect.js';
import { type FileName, SourceFile, Unreadable } from './common/file.js';
import { GateIndex } from './common/gate-index.js';
import { KeyFinder } from './common/keys.js';
import type { GateReader } from './common/reader.js';
import { isMinified, isMinifiedName } from './common/skip.js';
import { judge, type Question } from './judge.js';
import { readText } from './read-text.js';
import {
  type GateFinding,
  type GateModel,
  type GateProblem,
  type GateReason,
  type GateResult,
  type GateStrength,
  gateStrengths,
} from './result.js';
import { type Left, type WalkOptions, walk } from './walk.js';

export interface GateOptions extends Question, WalkOptions {
  catalog: Catalog;
  /** What closes the gate. */
  failOn: ReadonlySet<GateReason>;
  /** Findings of less than this are shown and close nothing. */
  minStrength: GateStrength;
  /** A system's error in words. */
  explain: (error: unknown) => string;
}

/** Bytes of a file that is read: manifests and lock files, which nobody may miss, and others. */
export const limits = { manifest: 32 << 20, other: 2 << 20 } as const;
/** Names of models prove no service by themselves; they are looked for where a service was found, and in configuration. */
const models = 'model';

/**
 * Reads a repository and holds the AI that it uses against the inventory. A broken file costs itself and is a problem. Nothing is written,
 * started or fetched, and no link is followed out of the folder.
 * @throws the system's error where the folder itself cannot be read
 */
export async function runGate(folder: string, options: GateOptions): Promise<GateResult> {
  const readers = [...(await loadPlugins<GateReader>(join(import.meta.dirname, 'readers'), 'reader'))];
  const root = realpathSync(folder);
  const index = new GateIndex(options.catalog);
  const keys = new KeyFinder(index);
  const collector = new Collector(options.catalog, keys);
  const problems: GateProblem[] = [];
  const left: Left = new Map();
  const problem = (file: string, message: string, line?: number): void => {
    problems.push({ file: keys.mask(file), line, message: keys.mask(message) });
  };
  let [files, size] = [0, 0];
  const failed = (path: string, error: unknown): void => problem(path, options.explain(error));
  for (const name of walk(root, options, { left, failed })) {
    const asked = readers.filter(([, reader]) => reader.reads(name));
    if (asked.length === 0) continue;
    const needed = name.kind === 'lock' || asked.some(([, reader]) => reader.isManifest?.(name) === true);
    let text: string;
    try {
      const read = readText(join(root, name.path), needed ? limits.manifest : limits.other);
      if ('left' in read) {
        left.set(read.left, (left.get(read.left) ?? 0) + 1);
        if (needed)
          problem(
            name.path,
            `was not read: ${read.left === 'too large' ? `it is larger than ${limits.manifest >> 20} MiB` : `it is ${read.left}`}`,
          );
        continue;
      }
      text = read.text;
    } catch (error) {
      failed(name.path, error);
      continue;
    }
    files++;
    size += text.length;
    readFile(settled(name, text), text, readers, index, collector, problem);
  }
  const { services, candidates, models: named } = collector.finish();
  named.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const findings = services.flatMap((collected) => findingOf(collected, named, options)).sort(order);
  const found = collector.keys.map(({ trace, file }) => {
    const service = options.catalog.services.get(trace.service);
    return {
      service: trace.service,
      name: service?.name ?? trace.service,
      vendor: service?.vendor.name ?? '',
      prefix: trace.what,
      file,
      line: trace.line,
    };
  });
  return {
    closed:
      findings.some(({ closes }) => closes) ||
      (options.failOn.has('key') && found.length > 0) ||
      (options.failOn.has('candidate') && candidates.length > 0),
    findings,
    keys: found,
    models: named,
    candidates,
    problems,
    files,
    size,
    left,
  };
}

/** A squeezed program is output: only keys count in it. */
const settled = (name: FileName, text: string): FileName =>
  name.language === 'javascript' && (isMinifiedName(name.name) || isMinified(text))
    ? { ...name, kind: 'prose', syntax: 'plain', language: 'other' }
    : name;

function readFile(
  name: FileName,
  text: string,
  readers: readonly [string, GateReader][],
  index: GateIndex,
  collector: Collector,
  problem: (file: string, message: string, line?: number) => void,
): void {
  const file = new SourceFile(name, text);
  const services = new Set<string>();
  let broken = false;
  const use = ([id, reader]: readonly [string, GateReader]): void => {
    if (!reader.reads(name)) return;
    if (reader.isManifest?.(name) === true) collector.manifest(id, name);
    try {
      collector.add(id, name, reader.read(file, index), services);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      // Two readers may stumble over the same place.
      if (!broken) problem(name.path, `is broken and was read in part: it ${error.message}`, file.lineOf(error.offset));
      broken = true;
    }
  };
  for (const entry of readers) if (entry[0] !== models) use(entry);
  if (services.size > 0 || name.kind === 'config') for (const entry of readers) if (entry[0] === models) use(entry);
}

function findingOf(collected: Collected, named: readonly GateModel[], options: GateOptions): GateFinding[] {
  const service = options.catalog.services.get(collected.service);
  if (service === undefined) return [];
  const strength = strengthOf(collected.places);
  const judgement = judge(service, options);
  return [
    {
      service: service.id,
      name: service.name,
      vendor: service.vendor.name,
      category: service.category,
      ...judgement,
      strength,
      confidence: surest(collected.places.map(({ confidence }) => confidence)),
      closes:
        options.failOn.has(judgement.verdict) &&
        gateStrengths.indexOf(strength) >= gateStrengths.indexOf(options.minStrength),
      places: collected.places,
      traces: collected.traces,
      models: named.filter((model) => model.service === service.id).map(({ name }) => name),
    },
  ];
}

const surest = (all: readonly Confidence[]): Confidence =>
  confidences.toReversed().find((confidence) => all.includes(confidence)) ?? 'low';

const order = (a: GateFinding, b: GateFinding): number =>
  Number(b.closes) - Number(a.closes) ||
  compareVerdicts(a.verdict, b.verdict) ||
  gateStrengths.indexOf(b.strength) - gateStrengths.indexOf(a.strength) ||
  (a.service < b.service ? -1 : 1);
