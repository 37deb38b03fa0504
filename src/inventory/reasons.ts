import type { Finding, InventoryEntry } from '../core/register.js';
import { allowing, type Decision, stateOf } from './decide.js';
import { type DeclaredCheck, declaredSentence } from './declared.js';
import { type Bucket, type Count, deciding, mergeCounts, type Tally } from './tally.js';
import { count, entryLabel, listed, number, percent } from './words.js';

/** What the sentences need to know beside the counts. */
export interface ReasonContext {
  /** Name of the service. */
  service: string;
  vendor: string | undefined;
  asOf: string;
  /** All of it is only claimed or unauthenticated, or so much is beside the rest. */
  claimedOnly: boolean;
  unverified: Finding['unverified'];
  /** What people say of the service. */
  declared: DeclaredCheck | undefined;
  /** Events of the service over all account kinds, and those whose account kind is unknown. */
  serviceEvents: number;
  unknownEvents: number;
  /** Entries that name the vendor of a service that no entry names. */
  vendorEntries: readonly InventoryEntry[];
}

/**
 * Why a finding, or a group's part of one, has its verdict: the entry, the rule and the numbers, then what weakens the proof. Holds names
 * from the inventory and the catalog, and no names of people or of groups that were merely seen.
 */
export function explainVerdict(buckets: Iterable<Bucket>, tally: Tally, context: ReasonContext): string {
  const every = [...buckets];
  const first = deciding(every);
  const decision = first[0]?.decision;
  const all = merge(first);
  if (decision === undefined) return [attempted(all, context.service), ...claims(context)].join(' ');
  const same = first.filter((b) => b.decision?.entry === decision.entry && b.decision?.rule === decision.rule);
  const used = merge(same);
  const sentences = [rule(decision, used, tally, context)];
  if (first.length > same.length)
    sentences.push(
      `With other entries or rules that say the same, ${numbers(all, context.claimedOnly)} have this verdict.`,
    );
  const { allowed_account } = decision.entry ?? {};
  const allowed = allowing.has(decision.verdict);
  if (tally.accountKind === 'unknown' && allowed && allowed_account !== undefined && allowed_account !== 'any')
    sentences.push(
      `The account kind is unknown for ${number(context.unknownEvents)} of ${count(context.serviceEvents, 'event')} of ${context.service} ` +
        `(${percent(context.unknownEvents, context.serviceEvents)}), which proves no other account than the allowed one.`,
    );
  const early = same.reduce((sum, bucket) => sum + bucket.early, 0);
  if (allowed && early > 0)
    sentences.push(`${count(early, 'event')} came before the approval of ${decision.entry?.approval_date ?? ''}.`);
  if (allowed && decision.entry !== undefined) {
    if (decision.entry.workspaces.length > 0 && !tally.workspaceKnown)
      sentences.push('The workspace is not known, which proves no other workspace than the allowed one.');
    sentences.push(...ended(decision.entry, context.asOf));
  }
  const tries = every.reduce((sum, bucket) => sum + bucket.count.attempts, 0);
  if (tries > 0) sentences.push(`${count(tries, 'more attempt')} ${tries === 1 ? 'was' : 'were'} blocked or failed.`);
  if (tally.strength === 'contact') sentences.push('Only DNS contact was seen, which proves no use.');
  sentences.push(...claims(context), declaredSentence(context.declared));
  if (tally.strength === 'declared' && !context.claimedOnly)
    sentences.push('It is only declared; nothing observed proves it.');
  if (used.undated > 0)
    sentences.push(`${count(used.undated, 'event')} without a date are judged as of ${context.asOf}.`);
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

/** What allowed the use may have ended since, which no later use shows. */
function ended(entry: InventoryEntry, asOf: string): string[] {
  const { verdict, rule } = stateOf(entry, asOf);
  if (rule === 'review-overdue')
    return [`Its review is overdue since ${entry.review_date ?? ''}: use after that day is lapsed.`];
  if (rule === 'exception-ended') return ['Use after that day is lapsed.'];
  return verdict === 'retired' ? [`It was retired on ${entry.decommission?.date ?? ''}: use must have ended.`] : [];
}

/** What is known of nobody, and what would confirm it. */
function claims({ claimedOnly, unverified: { actors, events, attempts } }: ReasonContext): string[] {
  if (claimedOnly)
    return [
      'It rests on claimed or unauthenticated data alone, which says nothing about any person and calls for no action; a source that ' +
        'Halflight fetches from, or a sender that proves who it is, would confirm it.',
    ];
  const hits = events + attempts;
  if (hits === 0) return [];
  return [
    `${count(hits, 'more event')} that ${count(actors, 'actor')} ${actors === 1 ? 'is' : 'are'} said to have caused ` +
      `${hits === 1 ? 'is' : 'are'} only claimed or unauthenticated and not counted here.`,
  ];
}

/** `3 people with 40 events on 2 days`. */
export function numbers(used: Count, claimedOnly = false): string {
  const days = used.days.size > 0 ? ` on ${count(used.days.size, 'day')}` : '';
  if (claimedOnly) return `${count(used.actors, 'unverified actor')} with ${count(used.events, 'event')}${days}`;
  const who = [
    used.people.size > 0 ? count(used.people.size, 'person', 'people') : '',
    used.others.size > 0
      ? count(
          used.others.size,
          used.people.size > 0 ? 'other actor' : 'actor that is no known person',
          used.people.size > 0 ? 'other actors' : 'actors that are no known persons',
        )
      : '',
  ].filter((text) => text !== '');
  return `${who.join(' and ')} with ${count(used.events, 'event')}${days}`;
}

const attempted = (tried: Count, service: string): string =>
  `Only attempts to use ${service} were seen, and none went through: ${count(tried.attempts, 'attempt')} by ` +
  `${count(tried.actors, 'actor')}${tried.days.size > 0 ? ` on ${count(tried.days.size, 'day')}` : ''}.`;

function rule(decision: Decision, used: Count, tally: Tally, context: ReasonContext): string {
  const { service } = context;
  const did = numbers(used, context.claimedOnly);
  const { entry } = decision;
  if (entry === undefined) {
    const near =
      context.vendorEntries.length === 0
        ? ''
        : ` (${listed(context.vendorEntries.map((other) => other.id))} of ${context.vendor ?? 'the same vendor'} ` +
          `${context.vendorEntries.length === 1 ? 'does' : 'do'} not name it)`;
    return `Nothing in the inventory names ${service}${near}: ${did}.`;
  }
  const label = entryLabel(entry);
  const scope = scopeOf(entry);
  switch (decision.rule) {
    case 'denied':
      return `${label} denies ${service}${scope}, and it is still used: ${did}.`;
    case 'retired':
    case 'decommissioned': {
      const end = entry.decommission?.date;
      return `${label} was retired${end === undefined ? '' : ` on ${end}`}, and ${service} is still used${end === undefined ? '' : ' after that day'}: ${did}.`;
    }
    case 'account':
      return `${label} allows ${service} for ${entry.allowed_account} accounts only, and ${tally.accountKind} accounts are seen: ${did}.`;
    case 'no-sign-in':
      return `${label} allows ${service} for enterprise accounts only, and use without a sign-in suggests personal ones: ${did}.`;
    case 'group':
      return `${label} allows ${service} for ${listed(entry.allowed_groups)} only, and it is used outside: ${did}.`;
    case 'workspace':
      return `${label} allows ${service} in ${listed(entry.workspaces)} only, and other workspaces are seen: ${did}.`;
    case 'exception-ended':
      return `The exception of ${inText(label)} for ${service} ended on ${entry.exception?.until ?? ''}, and it is used after that day: ${did}.`;
    case 'review-overdue':
      return `${label} was to be reviewed by ${entry.review_date ?? ''}, and ${service} is used after that day without a renewed approval: ${did}.`;
    case 'pending':
      return `${label} registers ${service}${scope}, and its decision is pending (${entry.status}): ${did}.`;
    case 'exception': {
      const controls = entry.exception?.controls ?? [];
      const under =
        controls.length === 0 ? '' : ` under ${count(controls.length, 'compensating control')} (${listed(controls)})`;
      if ((entry.exception?.until ?? '') < context.asOf)
        return `${label} had an exception for ${service}${scope} until ${entry.exception?.until ?? ''}${under}, and it was used while that ran: ${did}.`;
      return `A running exception of ${inText(label)} covers ${service}${scope} until ${entry.exception?.until ?? ''}${under}: ${did}.`;
    }
    case 'conditions': {
      const conditions =
        entry.conditions.length === 0
          ? 'with conditions'
          : `with ${count(entry.conditions.length, 'condition')} (${listed(entry.conditions)})`;
      return `${label} approves ${service}${scope} ${conditions}, and nothing observed contradicts them: ${did}.`;
    }
    default:
      return `${label} approves ${service}${scope}: ${did}.`;
  }
}

const inText = (label: string): string => label.replace(/^Entry/, 'entry');

/** ` for enterprise accounts of Sales and Legal in acme-workspace`. */
function scopeOf(entry: InventoryEntry): string {
  const account = entry.allowed_account === 'any' ? '' : `${entry.allowed_account} accounts`;
  const groups = entry.allowed_groups.length === 0 ? '' : listed(entry.allowed_groups);
  const who = account !== '' && groups !== '' ? `${account} of ${groups}` : `${account}${groups}`;
  return `${who === '' ? '' : ` for ${who}`}${entry.workspaces.length === 0 ? '' : ` in ${listed(entry.workspaces)}`}`;
}

const merge = (buckets: readonly Bucket[]): Count => mergeCounts(buckets.map((bucket) => bucket.count));
