import { createHash } from 'node:crypto';
import type { Notice } from '../../core/notice.js';
import { isSendingHour, nextSendingHour } from '../../inventory/nudges/limits.js';
import type { Person } from '../../people/person.js';
import { appendAudit } from '../../store/audit.js';
import { exclusively } from '../../store/job-runs.js';
import { addNudge, lockNudges } from '../../store/nudges.js';
import { addNotice } from '../../store/outbox.js';
import type { ServiceContext } from '../context.js';
import { type PlannedNudge, planNudges, rulesOf, whyNotNow } from './plan.js';

/** Kind of the notices that go to one person. */
export const nudgeKind = 'nudge';
/** Mails of one run: a register that was loaded wrong writes to few before somebody sees it. */
const mostAtOnce = 200;

/**
 * Puts mails to people who used what is not approved into the outbox, within the hours and the limits. The outbox has a pseudonym; the
 * address is looked up when the mail goes out. May run twice, and again after it was killed anywhere.
 */
export async function sendNudges(context: ServiceContext): Promise<string> {
  const { db, setup, now, ring } = context;
  const { nudges, zone } = setup();
  if (nudges === undefined) return 'nobody is written to';
  if (!isSendingHour(now(), zone, nudges.hours)) return 'not at this hour';
  const ran = await exclusively(db, 'nudges', async () => {
    const { planned, day } = await planNudges(context);
    let written = 0;
    for (const nudge of planned.slice(0, mostAtOnce))
      if (await writeOne(context, nudge, nudges.channel, day)) written++;
    if (written > 0) {
      // How many, and never who.
      await appendAudit(db, { at: now(), who: 'service', action: 'nudges.sent', subject: day, details: { written } });
      ring('deliver', 'due');
    }
    return `${written} people are written to`;
  });
  return ran.ran ? ran.value : 'another process is at it';
}

async function writeOne(
  { db, now }: ServiceContext,
  nudge: PlannedNudge,
  channel: string,
  day: string,
): Promise<boolean> {
  const at = now();
  return db.transaction().execute(async (trx) => {
    await lockNudges(trx);
    if (!(await addNudge(trx, { person: nudge.person, service: nudge.subject.service.id, day }))) return false;
    await addNotice(trx, noticeOf(nudge, at), [channel], at);
    return true;
  });
}

function noticeOf({ person, subject, text }: PlannedNudge, at: number): Notice {
  const id = createHash('sha256').update(`${person}\0${subject.service.id}`).digest('hex').slice(0, 32);
  return {
    id: `n_${id}`,
    kind: nudgeKind,
    at,
    title: text.headline,
    text: text.paragraphs.join(' '),
    subject: `nudge/${person}`,
    severity: 'info',
    details: { person, service: subject.service.id, day: subject.day, paragraphs: text.paragraphs },
  };
}

/** Where a mail to a person goes now: to an address, later, or nowhere any more. */
export type Addressed = { to: string } | { later: number } | { drop: string };

/** Looks up the person of a pseudonym as the register and the configuration of now say: who opted out meanwhile gets none. */
export async function addressNudge(context: ServiceContext, notice: Notice): Promise<Addressed> {
  const { db, setup, now, registers, pseudonymOf } = context;
  const { nudges, zone } = setup();
  if (nudges === undefined) return { drop: 'nudges were switched off' };
  if (!isSendingHour(now(), zone, nudges.hours)) {
    const later = nextSendingHour(now(), zone, nudges.hours);
    return later === undefined ? { drop: 'the configuration leaves no hour for it' } : { later };
  }
  const { body } = await registers.people();
  const person = byPseudonym(body, pseudonymOf).get(String(notice.details.person));
  if (person === undefined) return { drop: 'the person is no longer in the people directory' };
  const reason = whyNotNow(person, await rulesOf(db, nudges));
  return reason === undefined ? { to: person.email } : { drop: `the person is not to be written to (${reason})` };
}

const known = new WeakMap<readonly Person[], ReadonlyMap<string, Person>>();

function byPseudonym(
  people: readonly Person[],
  pseudonymOf: ServiceContext['pseudonymOf'],
): ReadonlyMap<string, Person> {
  let map = known.get(people);
  if (map === undefined) {
    const found = new Map<string, Person>();
    const twice = new Set<string>();
    for (const person of people) {
      const name = pseudonymOf(person.id);
      if (found.has(name)) twice.add(name);
      found.set(name, person);
    }
    // Two of one pseudonym: nobody can say whose it is, so neither is written to.
    for (const name of twice) found.delete(name);
    map = found;
    known.set(people, map);
  }
  return map;
}
