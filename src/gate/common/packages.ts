import type { Ecosystem } from '../../catalog/schema.js';
import type { SourceFile } from './file.js';
import { type GateIndex, packageTrace } from './gate-index.js';
import type { Trace, TraceKind } from './trace.js';

/** Collects the known packages of one file; each counts once for a kind, where it stands first. */
export class Packages {
  readonly #file: SourceFile;
  readonly #index: GateIndex;
  readonly #ecosystem: Ecosystem;
  readonly #found = new Map<string, Trace>();

  constructor(file: SourceFile, index: GateIndex, ecosystem: Ecosystem) {
    this.#file = file;
    this.#index = index;
    this.#ecosystem = ecosystem;
  }

  add(kind: TraceKind, name: string, offset: number): void {
    const rule = this.#index.package(this.#ecosystem, name);
    if (rule === undefined) return;
    const key = `${kind} ${rule.value}`;
    if (!this.#found.has(key)) this.#found.set(key, packageTrace(kind, rule, this.#file, offset));
  }

  /** What was found so far. */
  get traces(): Iterable<Trace> {
    return this.#found.values();
  }
}

/** Runs a reader that may stop at a broken place, and gives what it had found before it lets the fault through. */
export function* untilBroken(packages: Packages, work: () => void): Generator<Trace> {
  let fault: unknown;
  try {
    work();
  } catch (error) {
    fault = error;
  }
  yield* packages.traces;
  if (fault !== undefined) throw fault;
}
