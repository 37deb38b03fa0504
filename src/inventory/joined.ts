import type { Service } from '../catalog/schema.js';
import { type Confidence, confidences, strengths } from '../core/hit.js';
import { isUnverified } from '../core/provenance.js';
import type { Signal } from '../core/register.js';
import type { Usage } from '../core/usage.js';
import { addDays } from './days.js';
import { type JoinRules, joinRules } from './join-rules.js';
import { count, listed, number } from './words.js';

/** A person who used a service with no sign-in near it. */
export interface WithoutSignIn {
  confidence: Confidence;
  /** Days of use that no sign-in explains. */
  days: ReadonlySet<string>;
  paid: boolean;
  /** Seen with a personal account: its host, its path, or a report of the browser. */
  personal: boolean;
}

/** The people who used one service, by whether they had signed in to it as people of the organisation do. */
export interface JoinedAccounts {
  /** People with use on days for which sign-ins are known. */
  seen: number;
  signedIn: number;
  without: ReadonlyMap<string, WithoutSignIn>;
  /** Where the sign-ins come from, as far as it is known. */
  sources: readonly string[];
  /** First and last day for which sign-ins are known. */
  from: string;
  to: string;
  rules: JoinRules;
}

interface PersonDays {
  used: Set<string>;
  enterprise: Set<string>;
  paid: boolean;
  personal: boolean;
}

const visitRank = strengths.indexOf('visit');

/**
 * Joins what different sources show of the same people for one service. `rows`: all of that service. A sign-in, an enterprise host or
 * the vendor's own log proves enterprise use on its day; use that is further than `signInDays` from any such day is not explained by one.
 * Undefined where the join says nothing: too few people signed in, so the service may not be behind single sign-on, or its sign-ins may
 * not be read. Only persons of the directory, only rows that somebody vouches for, only days for which sign-ins are known. Pure, and the
 * same for any order of the rows.
 */
export function joinAccounts(rows: Iterable<Usage>, rules: JoinRules = joinRules): JoinedAccounts | undefined {
  const people = new Map<string, PersonDays>();
  const signedIn = new Set<string>();
  const sources = new Set<string>();
  let [from, last] = ['', ''];
  for (const row of rows) {
    const { actor, day, strength, accountKind } = row;
    if (actor.kind !== 'person' || row.events <= 0 || isUnverified(row.provenance)) continue;
    const of = people.get(actor.id) ?? { used: new Set(), enterprise: new Set(), paid: false, personal: false };
    people.set(actor.id, of);
    if (accountKind === 'personal') {
      if (strength === 'payment') of.paid = true;
      else if (strengths.indexOf(strength) >= visitRank) of.personal = true;
    }
    if (day === '') continue;
    if (accountKind === 'enterprise' && strength === 'account') {
      signedIn.add(actor.id);
      if (row.source !== '') sources.add(row.source);
      if (from === '' || day < from) from = day;
      if (day > last) last = day;
    }
    // A look-up of a name is no use, a payment or an assignment none of that day.
    if (
      accountKind === 'enterprise' &&
      strengths.indexOf(strength) >= visitRank &&
      strength !== 'payment' &&
      strength !== 'permission'
    )
      of.enterprise.add(day);
    else if (accountKind === 'unknown' && (strength === 'visit' || strength === 'transfer')) of.used.add(day);
  }
  if (signedIn.size < rules.minSignedIn) return undefined;
  const to = addDays(last, rules.coverageSlack);
  const covered = addDays(from, rules.signInDays);
  const without = new Map<string, WithoutSignIn>();
  let seen = 0;
  for (const [id, { used, enterprise, paid, personal }] of people) {
    const days = [...used].filter((day) => day >= from && day <= to);
    if (days.length === 0) continue;
    seen++;
    const alone = days.filter((day) => !isNear(day, enterprise, rules.signInDays));
    if (alone.length === 0) continue;
    const sure = alone.filter((day) => day >= covered).length;
    const confidence = paid || personal ? 'high' : sure >= rules.mediumDays ? 'medium' : 'low';
    without.set(id, { confidence, days: new Set(alone), paid, personal });
  }
  if (seen === 0) return undefined;
  return { seen, signedIn: seen - without.size, without, sources: [...sources].sort(), from, to, rules };
}

/** Whether one of the days is at most so many days before or after. */
function isNear(day: string, days: ReadonlySet<string>, most: number): boolean {
  if (days.size === 0) return false;
  const [first, last] = [addDays(day, -most), addDays(day, most)];
  for (const other of days) if (other >= first && other <= last) return true;
  return false;
}

/** Whether the use of somebody on a day counts as personal: by more than a weak case. */
export const countsAsPersonal = (joined: JoinedAccounts | undefined, { actor, day, accountKind }: Usage): boolean => {
  if (joined === undefined || accountKind !== 'unknown' || actor.kind !== 'person') return false;
  const found = joined.without.get(actor.id);
  return found !== undefined && found.confidence !== 'low' && found.days.has(day);
};

/** The signal `no-sign-in`: the numbers, what suggests personal use, and how sure that is. Undefined where all had signed in. */
export function noSignInSignal(joined: JoinedAccounts | undefined, service: Service | undefined): Signal | undefined {
  if (joined === undefined || joined.without.size === 0) return undefined;
  const { seen, signedIn, rules } = joined;
  const all = [...joined.without.values()];
  const by = Object.fromEntries(
    confidences.map((confidence) => [confidence, all.filter((one) => one.confidence === confidence).length]),
  ) as Record<Confidence, number>;
  const paid = all.filter((one) => one.paid).length;
  const personal = all.filter((one) => one.personal).length;
  const through = joined.sources.length === 0 ? '' : ` through ${listed(joined.sources)}`;
  const evidence = [
    paid > 0 ? `${number(paid)} of them paid privately` : '',
    personal > 0 ? `${number(personal)} ${personal === 1 ? 'was' : 'were'} seen with a personal account` : '',
  ].filter((text) => text !== '');
  const header = service?.tenant_controls.find((control) => control.header !== undefined)?.header;
  const why =
    `${count(seen, 'person', 'people')} used ${service?.name ?? 'it'} on days for which sign-ins are known (${joined.from} to ${joined.to}), ` +
    `${number(signedIn)} of them with a sign-in${through} at most ${count(rules.signInDays, 'day')} away; ` +
    `${number(all.length)} had none${evidence.length === 0 ? '' : `, ${evidence.join(' and ')}`}. ` +
    `That suggests personal accounts: ${number(by.high)} with high confidence (a payment, a personal host or path, a report of the browser), ` +
    `${number(by.medium)} with medium (${count(rules.mediumDays, 'day')} of use or more, all sign-ins before them known), ` +
    `${number(by.low)} with low, which ${by.low === 1 ? 'decides' : 'decide'} nothing.` +
    (header === undefined ? '' : ` The header ${header}, set at the proxy, would tell.`);
  return {
    name: 'no-sign-in',
    why,
    numbers: {
      people: seen,
      signedIn,
      withoutSignIn: all.length,
      paidPrivately: paid,
      personalAccount: personal,
      high: by.high,
      medium: by.medium,
      low: by.low,
      days: rules.signInDays,
    },
  };
}
