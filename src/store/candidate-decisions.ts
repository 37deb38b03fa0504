import { createHash } from 'node:crypto';
import { candidateId, isCandidateKind, type NotAi } from '../core/candidate.js';
import type { CandidateHit } from '../core/hit.js';
import { appendAudit } from './audit.js';
import type { Db, Tables } from './tables.js';
import { json, text } from './values.js';

// What people decide about candidates. Each decision is in the audit log.

type Subject = Pick<CandidateHit, 'kind' | 'subject'>;
/** Who decides, and when. */
export interface By {
  who: string;
  at: number;
}

/** A decision about a candidate. `question`: for the console and for messages to that actor. */
export type CandidateDecision = Subject &
  By &
  (
    | { action: 'dismissed'; why: string }
    /** It is, or has become, part of that service: its use counts once the catalog has the signature. */
    | { action: 'attached'; service: string }
    | { action: 'asked'; question: string /** Kind and id of the actor, a blank between. */; about: string }
  );

const hashOf = (subject: string): string => createHash('sha256').update(text(subject)).digest('hex');
const auditSubject = (candidate: Subject): string => `candidate ${candidateId(candidate)}`;

async function write(trx: Db, decision: CandidateDecision): Promise<void> {
  const { kind, subject, action, who, at } = decision;
  const about = decision.action === 'asked' ? text(decision.about) : '';
  const body =
    decision.action === 'dismissed'
      ? { why: decision.why }
      : decision.action === 'attached'
        ? { service: decision.service }
        : { question: decision.question };
  const values = {
    body: json(body) as unknown as Tables['candidate_decision']['body'],
    who: text(who),
    at: Math.round(at),
  };
  await trx
    .insertInto('candidate_decision')
    .values({ kind, subject_hash: hashOf(subject), subject: text(subject), action, about, ...values })
    .onConflict((conflict) => conflict.columns(['kind', 'subject_hash', 'action', 'about']).doUpdateSet(values))
    .execute();
}

/** Keeps a decision; a later one of the same kind replaces it. `pseudonym`: of whom a question is for, since the log names no people. */
export async function decideCandidate(db: Db, decision: CandidateDecision, pseudonym = ''): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await write(trx, decision);
    const { kind, subject, action, who, at } = decision;
    const details =
      decision.action === 'dismissed'
        ? { why: decision.why }
        : decision.action === 'attached'
          ? { service: decision.service }
          : { question: decision.question, of: pseudonym };
    await appendAudit(trx, {
      at,
      who,
      action: `candidate.${action}`,
      subject: auditSubject(decision),
      details: { kind, subject, ...details },
    });
  });
}

/** Takes a dismissal back, and what it was attached to. False: there was neither. */
export async function restoreCandidate(db: Db, candidate: Subject, { who, at }: By): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const { numDeletedRows } = await trx
      .deleteFrom('candidate_decision')
      .where('kind', '=', candidate.kind)
      .where('subject_hash', '=', hashOf(candidate.subject))
      .where('action', 'in', ['dismissed', 'attached'])
      .executeTakeFirst();
    if (numDeletedRows === 0n) return false;
    const { kind, subject } = candidate;
    await appendAudit(trx, {
      at,
      who,
      action: 'candidate.restored',
      subject: auditSubject(candidate),
      details: { kind, subject },
    });
    return true;
  });
}

/** Dismisses what a shared file names; what was dismissed here already stays as it is. How many are new. */
export async function importNotAi(db: Db, list: readonly NotAi[], { who, at }: By): Promise<number> {
  return db.transaction().execute(async (trx) => {
    let added = 0;
    for (const { kind, subject, why, decided } of list) {
      const { numInsertedOrUpdatedRows = 0n } = await trx
        .insertInto('candidate_decision')
        .values({
          kind,
          subject_hash: hashOf(subject),
          subject: text(subject),
          action: 'dismissed',
          body: json({ why }) as unknown as Tables['candidate_decision']['body'],
          who: text(who),
          at: Date.parse(`${decided}T00:00:00Z`),
        })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      added += Number(numInsertedOrUpdatedRows);
    }
    await appendAudit(trx, {
      at,
      who,
      action: 'candidates.imported',
      subject: 'candidates that are no AI',
      details: { rows: list.length, new: added },
    });
    return added;
  });
}

/** All that is dismissed, as the shared file has it. */
export async function loadNotAi(db: Db): Promise<NotAi[]> {
  const rows = await db
    .selectFrom('candidate_decision')
    .selectAll()
    .where('action', '=', 'dismissed')
    .orderBy('kind')
    .orderBy('subject')
    .execute();
  return rows.flatMap(({ kind, subject, body, at }) =>
    isCandidateKind(kind)
      ? [{ kind, subject, why: body.why ?? '', decided: new Date(at).toISOString().slice(0, 10) }]
      : [],
  );
}

/** All decisions by candidate id, the latest last. */
export async function loadDecisions(db: Db): Promise<Map<string, CandidateDecision[]>> {
  const rows = await db.selectFrom('candidate_decision').selectAll().orderBy('at').orderBy('about').execute();
  const decisions = new Map<string, CandidateDecision[]>();
  for (const { kind, subject, action, about, body, who, at } of rows) {
    const base = { kind, subject, who, at };
    const decision: CandidateDecision =
      action === 'dismissed'
        ? { ...base, action, why: body.why ?? '' }
        : action === 'attached'
          ? { ...base, action, service: body.service ?? '' }
          : { ...base, action, about, question: body.question ?? '' };
    const id = candidateId(base);
    decisions.set(id, [...(decisions.get(id) ?? []), decision]);
  }
  return decisions;
}
