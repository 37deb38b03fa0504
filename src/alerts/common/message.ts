import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Notice } from '../../core/notice.js';
import type { SendContext } from './channel.js';
import { isPlainHttp, urlWords } from './http-check.js';
import { plainLine } from './plain.js';

/** A notice as people read it: plain text, each part on one line and bounded. A channel escapes it for its place and adds no words. */
export interface Message {
  /** What happened. */
  headline: string;
  /** Why it matters. */
  why: string;
  /** Who, in numbers: never a name. Empty where nobody is counted. */
  who: string;
  /** Where the evidence is; undefined where nobody said under which address people reach the service. */
  link: string | undefined;
  /** Where whoever has the link takes note of the alert; undefined: the notice is about none. */
  acknowledge?: string | undefined;
  /** What to do so that the answer is yes. */
  yes: string;
}

/** Options that every channel for people has. */
export const messageOptions = {
  ask_url: z
    .string()
    .max(500)
    .refine(isPlainHttp, urlWords)
    .optional()
    .describe('Where people ask for a tool: stands in each notice about a finding as the way to yes.'),
};

const headlineLength = 250;
const whyLength = 590;

/** The parts of a notice. `publicUrl`: the address under which people reach the service. */
export function messageOf(
  notice: Notice,
  {
    publicUrl,
    askUrl,
    acknowledgeUrl,
  }: { publicUrl?: string | undefined; askUrl?: string | undefined; acknowledgeUrl?: string | undefined },
): Message {
  return {
    headline: plainLine(notice.title, headlineLength) || plainLine(notice.kind, 63),
    why: plainLine(notice.text, whyLength),
    who: whoOf(notice.details),
    link: linkOf(notice, publicUrl),
    ...(acknowledgeUrl !== undefined && isPlainHttp(acknowledgeUrl) && { acknowledge: new URL(acknowledgeUrl).href }),
    yes: yesOf(notice, askUrl),
  };
}

/** The parts of a notice as a channel sends it. `askUrl`: its option. */
export const messageFor = (
  notice: Notice,
  { publicUrl, acknowledgeUrl }: Pick<SendContext, 'publicUrl' | 'acknowledgeUrl'>,
  askUrl: string | undefined,
): Message => messageOf(notice, { publicUrl, acknowledgeUrl, askUrl });

/** The same for the same finding or source, in letters that every system takes: by it a ticket is found again. */
export const keyOf = ({ subject }: Notice): string =>
  `halflight-${createHash('sha256').update(subject).digest('hex').slice(0, 24)}`;

/** News that nothing is left to do. */
const ending: ReadonlySet<string> = new Set([
  'finding.resolved',
  'source.back',
  'blocklist.published',
  'blocklist.rolled-back',
  'blocklist.back',
]);

/**
 * Is the news that something calls for action now, still, or no longer? Of alerts that were told together only the last one that ends,
 * or that somebody takes on, says so of all.
 */
export function stageOf({ kind, details }: Notice): 'begins' | 'goes-on' | 'calmed' | 'ends' {
  if (ending.has(kind)) return 'ends';
  const last = details.still_open === undefined || details.still_open === 0;
  switch (kind) {
    case 'alert.resolved':
      return last ? 'ends' : 'goes-on';
    case 'alert.acknowledged':
      return last ? 'calmed' : 'goes-on';
    case 'alert.reminded':
    case 'alert.escalated':
      return 'goes-on';
    case 'finding.changed':
      return details.state === 'open' ? 'goes-on' : 'calmed';
    default:
      return 'begins';
  }
}

/** The parts with the words that stand before them, in the order in which they are read; those that say nothing are left out. */
export function linesOf({ why, who, link, acknowledge, yes }: Message): (readonly [label: string, text: string])[] {
  const lines: (readonly [string, string])[] = [
    ['Why', why],
    ['Who', who],
    ['Evidence', link ?? ''],
    ['Acknowledge', acknowledge ?? ''],
    ['The way to yes', yes],
  ];
  return lines.filter(([, text]) => text !== '');
}

function whoOf({ people, events, attempts }: Notice['details']): string {
  const counted = (count: unknown, one: string, many: string): string[] =>
    typeof count === 'number' && Number.isSafeInteger(count) && count > 0
      ? [`${count} ${count === 1 ? one : many}`]
      : [];
  return [
    ...counted(people, 'person', 'people'),
    ...counted(events, 'event', 'events'),
    ...counted(attempts, 'blocked attempt', 'blocked attempts'),
  ].join(', ');
}

function linkOf({ kind, details }: Notice, publicUrl: string | undefined): string | undefined {
  if (publicUrl === undefined || !isPlainHttp(publicUrl)) return undefined;
  const base = new URL(publicUrl).href.replace(/\/+$/, '');
  if (kind === 'report.ready' && typeof details.report === 'string' && /^r_[0-9a-f]{32}$/.test(details.report))
    return `${base}/v1/reports/${details.report}.html`;
  const id = kind.startsWith('finding.') || kind.startsWith('alert.') ? details.finding : undefined;
  // Half a character has no encoding: no id of ours holds one.
  if (typeof id !== 'string' || id.length > 500 || /\p{Surrogate}/u.test(id)) return base;
  return `${base}/v1/findings/${encodeURIComponent(id).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`;
}

function yesOf(notice: Notice, askUrl: string | undefined): string {
  const { kind, details } = notice;
  const stage = stageOf(notice);
  if (stage === 'ends' || kind === 'alert.resolved' || kind === 'alert.acknowledged') return '';
  const way = kind.startsWith('alert.')
    ? plainLine(typeof details.way === 'string' ? details.way : '', whyLength)
    : kind.startsWith('finding.')
      ? 'Register it in the inventory with an owner and have it approved; the finding ends by itself.'
      : '';
  const about = kind.startsWith('finding.') || typeof details.service === 'string' || Array.isArray(details.services);
  const ask = askUrl === undefined || !about ? '' : `Ask for it: ${new URL(askUrl).href}`;
  return [way, ask].filter((part) => part !== '').join(' ');
}
