import { createHash } from 'node:crypto';
import type { Event } from '../core/event.js';
import { type CandidateHit, confidences, type Hit } from '../core/hit.js';
import { Memo } from '../core/memo.js';
import { redact } from '../core/redact.js';
import { dayOf } from '../core/time.js';
import type { Actor, Evidence, Usage } from '../core/usage.js';
import { EvidenceRule } from './evidence.js';
import { ActorNumbers, added, UsageTable, widen } from './usage-table.js';

const sampleLength = 500;
/** Records that are longer are cut at once: many of a megabyte would fill the memory. */
const maxRaw = 2048;
/** Candidates of one input that are told apart; later new ones are only counted, so that memory is bounded. */
export const maxCandidates = 10_000;
/** Actors of one candidate that are told apart. */
const maxCandidateActors = 10_000;

/** Something that looks like AI and is in no catalog, with how much it was seen. */
export interface Candidate extends CandidateHit {
  events: number;
  /** Who: kind and id of each, up to a bound. */
  who: ReadonlySet<string>;
  first: number | undefined;
  last: number | undefined;
  file: string;
  line: number;
  sample: string;
}

/** What one input gave. */
export interface RollupResult {
  usage: Usage[];
  evidence: Evidence[];
  candidates: Candidate[];
  hits: number;
  /** Candidate events beyond the bound. */
  otherCandidates: number;
}

const same = (text: string): string => text;

/** Shared by all rows without payments, which are nearly all: a map of its own would double the size of a row. */
const noSpend: ReadonlyMap<string, number> = new Map();

interface CandidateRow extends Omit<Candidate, 'who'> {
  who: Set<string>;
}
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
  readonly #actors = new ActorNumbers();
  readonly #usage = new UsageTable(this.#actors);
  readonly #evidence = new EvidenceRule<Raw>(this.#actors);
  readonly #candidates = new Map<string, CandidateRow>();
  /** Signatures and reasons, which many hits share. */
  readonly #texts = new Memo<string>(4096);
  #otherCandidates = 0;

  /** `source`: in a scan the format id. `zone`: the organisation's, which decides the day. */
  constructor(file: string, source: string, zone: string) {
    this.#file = file;
    this.#source = source;
    this.#zone = zone;
  }

  /** `text` is the raw record. */
  add(hit: Hit, event: Event, actor: Actor, text: string): void {
    const day = event.time === undefined ? '' : dayOf(event.time, this.#zone);
    const { service, accountKind, strength, confidence, attempt } = hit;
    const row = this.#usage.row(day, service, actor, this.#source, accountKind, strength, (group, who) => ({
      day: group.day,
      service: group.service,
      actor: who,
      source: group.source,
      accountKind,
      strength,
      confidence,
      events: 0,
      attempts: 0,
      bytesOut: 0,
      bytesIn: 0,
      spend: noSpend,
      first: undefined,
      last: undefined,
    }));
    if (attempt) row.attempts++;
    else {
      row.events++;
      // What a block page weighs is no use: bytes are those of events that went through.
      row.bytesOut += event.bytes_out ?? 0;
      row.bytesIn += event.bytes_in ?? 0;
    }
    if (event.amount !== undefined) row.spend = added(row.spend, event.currency ?? '', event.amount);
    if (confidences.indexOf(confidence) > confidences.indexOf(row.confidence)) row.confidence = confidence;
    widen(row, event.time, event.time);
    const place = { time: event.time, order: 0, line: event.line };
    const make = (): Raw => ({
      service,
      actor: row.actor,
      accountKind,
      strength,
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
    this.#evidence.offer(place, service, row.actor, day, text.length > maxRaw ? () => finish(make()) : make);
  }

  suggest(candidate: CandidateHit, event: Event, actor: Actor, text: string): void {
    const key = candidateKey(candidate);
    let row = this.#candidates.get(key);
    if (row === undefined) {
      if (this.#candidates.size >= maxCandidates) {
        this.#otherCandidates++;
        return;
      }
      row = {
        ...candidate,
        events: 0,
        who: new Set(),
        first: undefined,
        last: undefined,
        file: this.#file,
        line: event.line,
        sample: sampleOf(text),
      };
      this.#candidates.set(key, row);
    }
    row.events++;
    if (row.who.size < maxCandidateActors) row.who.add(`${actor.kind} ${actor.id}`);
    widen(row, event.time, event.time);
  }

  result(): RollupResult {
    return {
      usage: this.#usage.sorted(),
      evidence: this.#evidence.kept().map(finish),
      candidates: sortedCandidates(this.#candidates.values()),
      hits: this.#evidence.offered,
      otherCandidates: this.#otherCandidates,
    };
  }
}

/** Adds up the results of several inputs, in whose order `results` are, or of one in parts (`sameFile`). */
export function mergeRollups(results: readonly RollupResult[], zone: string, sameFile = false): RollupResult {
  const [only] = results;
  // One result is its own sum: 10 million lines of one log took 30 MB less.
  if (only !== undefined && results.length === 1) {
    const { usage, evidence, candidates: seen, hits, otherCandidates } = only;
    return { usage, evidence, candidates: seen, hits, otherCandidates };
  }
  const actors = new ActorNumbers();
  const table = new UsageTable(actors);
  const rule = new EvidenceRule<Evidence & { order: number }>(actors);
  const candidates = new Map<string, CandidateRow>();
  for (const [order, result] of results.entries()) {
    for (const usage of result.usage) table.add(usage);
    for (const evidence of result.evidence) offerAgain(rule, evidence, sameFile ? 0 : order, zone);
    for (const candidate of result.candidates) addCandidate(candidates, candidate);
  }
  return {
    usage: table.sorted(),
    evidence: rule.kept().map(({ order: _order, ...evidence }) => evidence),
    candidates: sortedCandidates(candidates.values()),
    hits: results.reduce((sum, result) => sum + result.hits, 0),
    otherCandidates: results.reduce((sum, result) => sum + result.otherCandidates, 0),
  };
}

/** Adds up what threads read of one file. `lineOf` turns their numbers of lines, which tell the order, into those of the file. */
export function mergeParts(
  results: readonly RollupResult[],
  zone: string,
  lineOf: (line: number) => number,
): RollupResult {
  const { usage, evidence, candidates, hits, otherCandidates } = mergeRollups(
    results.map((result) => ({ ...result, candidates: [] })),
    zone,
    true,
  );
  const rows = new Map<string, CandidateRow>();
  const seen = results.flatMap((result) => result.candidates).sort((a, b) => a.line - b.line);
  for (const candidate of seen) addCandidate(rows, candidate);
  for (const item of evidence) item.line = lineOf(item.line);
  for (const row of rows.values()) row.line = lineOf(row.line);
  return { usage, evidence, candidates: [...candidates, ...sortedCandidates(rows.values())], hits, otherCandidates };
}

function offerAgain(
  rule: EvidenceRule<Evidence & { order: number }>,
  evidence: Evidence,
  order: number,
  zone: string,
): void {
  const { time, line, service, actor } = evidence;
  const day = time === undefined ? '' : dayOf(time, zone);
  rule.offer({ time, order, line }, service, actor, day, () => ({ ...evidence, order }));
}

function addCandidate(rows: Map<string, CandidateRow>, candidate: Candidate): void {
  const key = candidateKey(candidate);
  const row = rows.get(key);
  if (row === undefined) {
    rows.set(key, { ...candidate, who: new Set(candidate.who) });
    return;
  }
  row.events += candidate.events;
  for (const who of candidate.who) if (row.who.size < maxCandidateActors) row.who.add(who);
  widen(row, candidate.first, candidate.last);
}

/** Evidence of several chunks, in their order, brought down to what the rule keeps. */
export function sampleEvidence(evidence: readonly Evidence[], zone: string): Evidence[] {
  const rule = new EvidenceRule<Evidence & { order: number }>();
  for (const [order, item] of evidence.entries()) offerAgain(rule, item, order, zone);
  return rule.kept().map(({ order: _order, ...item }) => item);
}

const candidateKey = (candidate: CandidateHit): string => `${candidate.kind}\u0000${candidate.subject}`;

/** Most events first. */
const sortedCandidates = (rows: Iterable<CandidateRow>): Candidate[] =>
  [...rows].sort((a, b) => b.events - a.events || (candidateKey(a) < candidateKey(b) ? -1 : 1));
