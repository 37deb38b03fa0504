import { createHash } from 'node:crypto';
import type { Event } from '../core/event.js';
import { countedOnce, type Expense } from '../core/expense.js';
import { confidences, type Hit } from '../core/hit.js';
import { Memo } from '../core/memo.js';
import { isUnverified, type Provenance, weaker } from '../core/provenance.js';
import { redact } from '../core/redact.js';
import { dayOf } from '../core/time.js';
import type { Actor, Evidence, Usage } from '../core/usage.js';
import { modelOf, type Use } from '../core/use.js';
import type { Suggestion } from '../detectors/common/registry.js';
import { type Candidate, CandidateTable } from './candidate-table.js';
import { EvidenceRule } from './evidence.js';
import { expenseIdentity } from './expense-identity.js';
import { ActorNumbers, added, UsageTable, widen } from './usage-table.js';
import { UseTable } from './use-table.js';

const sampleLength = 500;
/** Records that are longer are cut at once: many of a megabyte would fill the memory. */
const maxRaw = 2048;

/** Payments of one input that are told apart; those behind them count without being known again. */
export const maxExpenses = 100_000;

/** What one input gave. */
export interface RollupResult {
  /** Without `expenses`. */
  usage: Usage[];
  /** Kinds of use by service and day, without those of `expenses`. */
  uses: Use[];
  /** Payments, in their order, each by itself: another input may hold the same. */
  expenses: Expense[];
  evidence: Evidence[];
  candidates: Candidate[];
  hits: number;
  /** Candidate events beyond the bound. */
  otherCandidates: number;
  /** Candidates, or actors of them, were left out: parts of a file do not add up to it. */
  candidatesCut: boolean;
}

const same = (text: string): string => text;

/** Shared by all rows without payments, which are nearly all: a map of its own would double the size of a row. */
const noSpend: ReadonlyMap<string, number> = new Map();

/** Evidence on its way: while there is no hash, `sample` holds the whole record. Hash and sample are made in place, so that nothing stands twice. */
type Raw = Evidence & { order: number };

function finish(evidence: Raw): Raw {
  if (evidence.sha256 !== '') return evidence;
  evidence.sha256 = createHash('sha256').update(evidence.sample).digest('hex');
  evidence.sample = sampleOf(evidence.sample);
  return evidence;
}

/** A copy: a slice would keep all of the record alive. */
const sampleOf = (text: string): string => Buffer.from(redact(text, sampleLength)).toString();

/** Adds up the hits of one input to usage, evidence and candidates. */
export class Rollup {
  readonly #file: string;
  readonly #source: string;
  readonly #zone: string;
  readonly #provenance: Provenance;
  readonly #actors = new ActorNumbers();
  readonly #usage = new UsageTable(this.#actors);
  readonly #evidence = new EvidenceRule<Raw>(this.#actors);
  readonly #uses = new UseTable();
  readonly #expenses: Expense[] = [];
  readonly #candidates: CandidateTable;
  /** Signatures and reasons, which many hits share. */
  readonly #texts = new Memo<string>(4096);
  #hits = 0;

  /**
   * `source`: in a scan the format id. `zone`: the organisation's, which decides the day. `provenance`: what the source is worth.
   * `candidates`: how many are told apart.
   */
  constructor(file: string, source: string, zone: string, provenance: Provenance, candidates?: number) {
    this.#candidates = new CandidateTable(candidates);
    this.#file = file;
    this.#source = source;
    this.#zone = zone;
    this.#provenance = provenance;
  }

  /** `text` is the raw record. `number`: which of the hits of the event it is. */
  add(hit: Hit, event: Event, actor: Actor, text: string, number = 0): void {
    const day = event.time === undefined ? '' : dayOf(event.time, this.#zone);
    const { service, accountKind, strength, confidence, attempt } = hit;
    const provenance = weaker(this.#provenance, event.provenance);
    const make = (group: Pick<Usage, 'day' | 'service' | 'source'>, who: Actor): Usage => ({
      day: group.day,
      service: group.service,
      actor: who,
      source: group.source,
      accountKind,
      strength,
      provenance,
      confidence,
      events: 0,
      attempts: 0,
      bytesOut: 0,
      bytesIn: 0,
      spend: noSpend,
      first: undefined,
      last: undefined,
    });
    const identity =
      event.kind === 'expense' && event.rollup === undefined && this.#expenses.length < maxExpenses
        ? expenseIdentity(event, day, attempt, number)
        : undefined;
    const row =
      identity === undefined
        ? this.#usage.row(day, service, actor, this.#source, accountKind, strength, provenance, make)
        : make({ day, service, source: this.#source }, actor);
    // A server that asks for a page is a program, too.
    const kind = hit.use === 'web' && actor.kind === 'workload' ? 'api' : hit.use;
    // A row of another engine's roll-up stands for many.
    const count = event.rollup?.count ?? 1;
    this.#hits += count;
    if (attempt) row.attempts += count;
    else {
      row.events += count;
      // What a block page weighs is no use: bytes are those of events that went through.
      row.bytesOut += event.bytes_out ?? 0;
      row.bytesIn += event.bytes_in ?? 0;
      // What is only claimed shows no kind of use.
      if (identity === undefined && !isUnverified(provenance))
        this.#uses.add(day, row.service, accountKind, kind, modelOf(event.path) ?? '', 1);
    }
    if (event.amount !== undefined) row.spend = added(row.spend, event.currency ?? '', event.amount);
    if (confidences.indexOf(confidence) > confidences.indexOf(row.confidence)) row.confidence = confidence;
    widen(row, event.time, event.rollup?.last ?? event.time);
    if (identity !== undefined) this.#expenses.push({ identity, usage: row, use: kind });
    const place = { time: event.time, order: 0, line: event.line, provenance };
    const raw = (): Raw => ({
      service,
      actor: row.actor,
      accountKind,
      strength,
      provenance,
      attempt,
      time: event.time,
      file: this.#file,
      order: 0,
      line: event.line,
      signature: this.#texts.get(hit.signature, same),
      reason: this.#texts.get(hit.reason, same),
      confidence,
      sha256: '',
      sample: text,
    });
    this.#evidence.offer(place, service, row.actor, day, text.length > maxRaw ? () => finish(raw()) : raw);
  }

  suggest({ trace, ...candidate }: Suggestion, event: Event, actor: Actor, text: string): void {
    this.#candidates.offer(candidate, trace, `${actor.kind} ${actor.id}`, event, () => ({
      file: this.#file,
      line: event.line,
      sample: sampleOf(text),
    }));
  }

  result(): RollupResult {
    return {
      usage: this.#usage.sorted(),
      uses: this.#uses.sorted(),
      expenses: this.#expenses,
      evidence: this.#evidence.kept().map(finish),
      ...candidatesOf(this.#candidates),
      hits: this.#hits,
    };
  }
}

/** Adds up the results of several inputs, in whose order `results` are, or of one in parts (`sameFile`). */
export function mergeRollups(results: readonly RollupResult[], zone: string, sameFile = false): RollupResult {
  const [only] = results;
  // One result is its own sum: 10 million lines of one log took 30 MB less.
  if (only !== undefined && results.length === 1) {
    const { usage, uses, expenses, evidence, candidates: seen, hits, otherCandidates, candidatesCut } = only;
    return { usage, uses, expenses, evidence, candidates: seen, hits, otherCandidates, candidatesCut };
  }
  const actors = new ActorNumbers();
  const table = new UsageTable(actors);
  const rule = new EvidenceRule<Evidence & { order: number }>(actors);
  const candidates = new CandidateTable();
  const uses = new UseTable();
  for (const [order, result] of results.entries()) {
    for (const usage of result.usage) table.add(usage);
    uses.merge(result.uses);
    for (const evidence of result.evidence) offerAgain(rule, evidence, sameFile ? 0 : order, zone);
    for (const candidate of result.candidates) candidates.add(candidate);
    candidates.other += result.otherCandidates;
  }
  return {
    usage: table.sorted(),
    uses: uses.sorted(),
    expenses: sameFile ? results.flatMap(({ expenses }) => expenses) : countedOnce(results.map((r) => r.expenses)),
    evidence: rule.kept().map(({ order: _order, ...evidence }) => evidence),
    ...candidatesOf(candidates),
    hits: results.reduce((sum, result) => sum + result.hits, 0),
  };
}

/** Adds up what threads read of one file. `lineOf` turns their numbers of lines, which tell the order, into those of the file. */
export function mergeParts(
  results: readonly RollupResult[],
  zone: string,
  lineOf: (line: number) => number,
  maxCandidates?: number,
): RollupResult {
  const { usage, uses, expenses, evidence, hits } = mergeRollups(
    results.map((result) => ({ ...result, candidates: [] })),
    zone,
    true,
  );
  const table = new CandidateTable(maxCandidates);
  const seen = results.flatMap((result) => result.candidates).sort((a, b) => a.line - b.line);
  for (const candidate of seen) table.add(candidate);
  for (const item of evidence) item.line = lineOf(item.line);
  const merged = candidatesOf(table);
  const candidates = merged.candidates.map((row) => ({ ...row, line: lineOf(row.line) }));
  const candidatesCut = merged.candidatesCut || results.some((result) => result.candidatesCut);
  return { usage, uses, expenses, evidence, ...merged, candidates, candidatesCut, hits };
}

/** With the payments among the rest. What was left of them by counting once is no hit any more. */
export function withExpenses(result: RollupResult, seen: number): Pick<RollupResult, 'usage' | 'uses' | 'hits'> {
  const { usage, uses, expenses, hits } = result;
  if (seen === 0) return { usage, uses, hits };
  const table = new UsageTable();
  const kinds = new UseTable();
  for (const row of usage) table.add(row);
  kinds.merge(uses);
  for (const { usage: row, use } of expenses) {
    table.add(row);
    if (row.events > 0) kinds.add(row.day, row.service, row.accountKind, use, '', row.events);
  }
  return { usage: table.sorted(), uses: kinds.sorted(), hits: hits - (seen - expenses.length) };
}

const candidatesOf = (
  table: CandidateTable,
): Pick<RollupResult, 'candidates' | 'otherCandidates' | 'candidatesCut'> => ({
  candidates: table.sorted(),
  otherCandidates: table.other,
  candidatesCut: table.overflowed,
});

function offerAgain(
  rule: EvidenceRule<Evidence & { order: number }>,
  evidence: Evidence,
  order: number,
  zone: string,
): void {
  const { time, line, service, actor, provenance } = evidence;
  const day = time === undefined ? '' : dayOf(time, zone);
  rule.offer({ time, order, line, provenance }, service, actor, day, () => ({ ...evidence, order }));
}

/** Evidence of several chunks, in their order, brought down to what the rule keeps. */
export function sampleEvidence(evidence: readonly Evidence[], zone: string): Evidence[] {
  const rule = new EvidenceRule<Evidence & { order: number }>();
  for (const [order, item] of evidence.entries()) offerAgain(rule, item, order, zone);
  return rule.kept().map(({ order: _order, ...item }) => item);
}
