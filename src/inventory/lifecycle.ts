import { isDeepStrictEqual } from 'node:util';
import type { FindingState, Standing, StoredFinding, Transition, TransitionKind } from '../core/finding-state.js';
import { callsForAction, type Finding } from '../core/register.js';
import { dayOf } from '../core/time.js';
import { daysBetween } from './days.js';
import { count } from './words.js';

/** What a step is judged by. */
export interface LifecycleContext {
  /** The day of the step, `YYYY-MM-DD`. */
  asOf: string;
  /** The instant of the step, milliseconds since 1970. */
  at: number;
  /** Days without use after which an open finding is resolved. The window of usage should be at least as long. */
  quietDays: number;
  /** What the verdict was made with: kept with the step, so that it can be explained later. */
  inventoryVersion: string;
  catalogHash: string;
  /** Zone of the days in sentences and of `asOf`; default UTC. */
  timezone?: string | undefined;
}

export interface Advanced {
  next: StoredFinding;
  /** Undefined: nothing is different. */
  transition?: Transition | undefined;
}

/**
 * One step in the life of a finding: what is kept, and what reconciling says now (undefined: no usage in the window). The same input
 * again gives no transition. Undefined when there is neither.
 *
 * - Open means that the verdict calls for action and that the use goes on. What a decision covers is resolved if it was open, and
 *   watched if it never was.
 * - A use is over when nothing new was learned for `quietDays`: counted from the last use, or from the day on which it was learned of
 *   where that is later, so that old logs can open a finding and a late record never closes one at once.
 * - What rests on claimed or unauthenticated data alone is never open; it opens when somebody vouches for it.
 * - A finding that is resolved because nobody used it is reopened by later use alone. Another verdict on the same old use changes the
 *   verdict and opens nothing; neither does a blocked attempt.
 */
export function advance(
  previous: StoredFinding | undefined,
  now: Finding | undefined,
  context: LifecycleContext,
): Advanced | undefined {
  const seen = now === undefined ? previous : merge(previous, now, context);
  if (seen === undefined) return undefined;
  const quiet = quietFor(seen, context) >= context.quietDays;
  const state = stateOf(previous, seen, now !== undefined, quiet);
  const kind = kindOf(previous, { state, verdict: seen.verdict }, seen.claimedOnly);
  const news = kind !== 'updated';
  const opens = kind === 'opened' || kind === 'reopened';
  const next: StoredFinding = {
    ...seen,
    state,
    openedAt: seen.openedAt ?? (state === 'open' ? context.at : null),
    changedAt: news || previous === undefined ? context.at : previous.changedAt,
    resolvedAt: state !== 'resolved' ? null : (previous?.resolvedAt ?? context.at),
  };
  if (previous !== undefined && isDeepStrictEqual(previous, next)) return { next };
  const raised = next.signals.filter((signal) => !previous?.signals.some((known) => known.name === signal.name));
  const transition: Transition = {
    finding: next.id,
    kind,
    at: context.at,
    from: previous === undefined ? null : standing(previous),
    to: standing(next),
    reason: explain(previous, next, { quiet, opens }, context),
    signals: raised,
    inventoryVersion: context.inventoryVersion,
    catalogHash: context.catalogHash,
  };
  return { next, transition };
}

const standing = ({ state, verdict }: StoredFinding): Standing => ({ state, verdict });

function stateOf(
  previous: StoredFinding | undefined,
  seen: StoredFinding,
  inWindow: boolean,
  quiet: boolean,
): FindingState {
  // Without usage in the window there is no new verdict: only time passes.
  if (!inWindow) return previous?.state === 'open' && quiet ? 'resolved' : seen.state;
  if (!callsForAction(seen)) return seen.openedAt === null ? 'watched' : 'resolved';
  return quiet ? 'resolved' : 'open';
}

function kindOf(previous: StoredFinding | undefined, to: Standing, claimedOnly: boolean): TransitionKind {
  if (to.state === 'open' && previous?.state !== 'open')
    return (previous?.openedAt ?? null) === null ? 'opened' : 'reopened';
  if (previous?.state === 'open' && to.state === 'resolved') return 'resolved';
  // What is only claimed is no news.
  return previous !== undefined && previous.verdict !== to.verdict && !claimedOnly ? 'changed' : 'updated';
}

/** What is known after looking at the window. State and its times are set by the caller. */
function merge(before: StoredFinding | undefined, now: Finding, context: LifecycleContext): StoredFinding {
  // What was only claimed gives no times to what somebody vouches for.
  const previous = before?.claimedOnly === true && !now.claimedOnly ? undefined : before;
  const lastUsed = latest(previous?.lastUsed, now.verdict === 'attempted' ? undefined : (now.lastUsed ?? now.last));
  return {
    id: now.id,
    service: now.service,
    accountKind: now.accountKind,
    state: before?.state ?? 'watched',
    verdict: now.verdict,
    reason: now.reason,
    entry: now.entry ?? null,
    risk: now.risk,
    signals: now.signals,
    strength: now.strength,
    contactOnly: now.contactOnly,
    provenance: now.provenance,
    claimedOnly: now.claimedOnly,
    unverified: now.unverified,
    people: now.people,
    actors: now.actors,
    events: now.events,
    attempts: now.attempts,
    bytesOut: now.bytesOut,
    bytesIn: now.bytesIn,
    firstSeen: earliest(previous?.firstSeen, now.first),
    lastSeen: latest(previous?.lastSeen, now.last),
    lastUsed,
    learnedAt: previous !== undefined && !isNewUse(previous, now, lastUsed) ? previous.learnedAt : context.at,
    openedAt: before?.openedAt ?? null,
    changedAt: before?.changedAt ?? context.at,
    resolvedAt: before?.resolvedAt ?? null,
    groups: now.groups,
  };
}

/** Whether the window shows use later than what was known; use without a time is new when there is more of it. */
function isNewUse(previous: StoredFinding, now: Finding, lastUsed: number | null): boolean {
  if (lastUsed !== null) return lastUsed > (previous.lastUsed ?? Number.NEGATIVE_INFINITY);
  return now.verdict !== 'attempted' && now.events > previous.events;
}

const earliest = (a: number | null | undefined, b: number | undefined): number | null =>
  a == null ? (b ?? null) : Math.min(a, b ?? a);
const latest = (a: number | null | undefined, b: number | undefined): number | null =>
  a == null ? (b ?? null) : Math.max(a, b ?? a);

/** Whole days since the last use, or since it was learned of where that is later. */
function quietFor({ lastUsed, learnedAt }: StoredFinding, context: LifecycleContext): number {
  return daysBetween(day(Math.max(lastUsed ?? learnedAt, learnedAt), context), context.asOf);
}

const day = (at: number, { timezone }: LifecycleContext): string => dayOf(at, timezone ?? 'UTC');

function explain(
  previous: StoredFinding | undefined,
  next: StoredFinding,
  { quiet, opens }: { quiet: boolean; opens: boolean },
  context: LifecycleContext,
): string {
  const sentences: string[] = [];
  const changed = previous !== undefined && previous.verdict !== next.verdict;
  if (previous?.state === 'resolved' && opens && !changed)
    sentences.push(`Used again after it was resolved on ${day(previous.resolvedAt ?? previous.changedAt, context)}.`);
  if (changed) sentences.push(`The verdict changed from ${previous.verdict} to ${next.verdict}.`);
  if (previous?.state === 'open' && next.state === 'resolved' && quiet && callsForAction(next))
    return [...sentences, notSeen(next, context)].join(' ');
  return [...sentences, next.reason].join(' ');
}

/** `Not seen since 2026-03-01 (30 days).` */
function notSeen(finding: StoredFinding, context: LifecycleContext): string {
  const used = finding.lastUsed === null ? undefined : day(finding.lastUsed, context);
  const since = used ?? day(finding.learnedAt, context);
  const tries =
    finding.lastSeen !== null && finding.lastUsed !== null && finding.lastSeen > finding.lastUsed
      ? ` Blocked or failed attempts were seen until ${day(finding.lastSeen, context)}.`
      : '';
  return (
    `Not seen since ${since}: no use for ${count(daysBetween(since, context.asOf), 'day')}, and ` +
    `${count(context.quietDays, 'day')} count as quiet.${tries}`
  );
}
