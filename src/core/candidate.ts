import { createHash } from 'node:crypto';
import { type CandidateHit, type CandidateKind, type CandidateReason, candidateKinds } from './hit.js';

/** What a candidate is called in commands and reports: 10 hexadecimal digits of a hash of its kind and subject, so the same everywhere. */
export const candidateId = ({ kind, subject }: Pick<CandidateHit, 'kind' | 'subject'>): string =>
  createHash('sha256').update(`${kind} ${subject}`).digest('hex').slice(0, 10);

/** All reasons in one sentence. Holds log data: escape it for the place where it is shown. */
export const reasonOf = ({ reasons }: Pick<CandidateHit, 'reasons'>): string =>
  reasons.map((reason) => reason.why).join('; ');

/** The sum of the shares, from 0 to 100. */
export const scoreOf = (reasons: readonly CandidateReason[]): number =>
  Math.max(
    0,
    Math.min(
      100,
      reasons.reduce((sum, reason) => sum + reason.points, 0),
    ),
  );

/** The order of reasons: the weightiest first. */
export const weightiest = (a: CandidateReason, b: CandidateReason): number =>
  b.points - a.points || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0);

/**
 * Each rule once: with the most points, and among equals the first sentence of the alphabet. What speaks against it stays only where
 * it holds for both. The same list where nothing is new. So a score never falls, and the order of events does not matter.
 */
export function joinReasons(
  own: readonly CandidateReason[],
  more: readonly CandidateReason[],
): readonly CandidateReason[] {
  let joined = own;
  for (const reason of more) {
    const before = joined.find((other) => other.rule === reason.rule);
    if (before === undefined) {
      if (reason.points > 0) joined = [...joined, reason].sort(weightiest);
    } else if (reason.points > before.points || (reason.points === before.points && reason.why < before.why))
      joined = joined.map((other) => (other === before ? reason : other)).sort(weightiest);
  }
  const shared = joined.filter(({ rule, points }) => points >= 0 || more.some((other) => other.rule === rule));
  return shared.length === joined.length ? joined : shared;
}

/** Somebody looked at a candidate, and it is no AI. What is in the shared file. */
export interface NotAi {
  kind: CandidateKind;
  subject: string;
  why: string;
  /** `YYYY-MM-DD` */
  decided: string;
}

/** Whether something has been looked at and is no AI. */
export const isNotAi = (list: readonly NotAi[]): ((candidate: Pick<CandidateHit, 'kind' | 'subject'>) => boolean) => {
  const known = new Set(list.map(({ kind, subject }) => `${kind} ${subject}`));
  return ({ kind, subject }) => known.has(`${kind} ${subject}`);
};

export const isCandidateKind = (text: string): text is CandidateKind =>
  (candidateKinds as readonly string[]).includes(text);
