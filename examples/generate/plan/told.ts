import { members } from '../people.js';
import type { Fact } from '../types.js';
import { shadow } from './shadow.js';

const claimed = { file: 'telemetry', perDay: 1, claimed: 'until-received' } as const;
const chatgpt = { service: 'chatgpt', entry: 'chatgpt-enterprise' } as const;

/**
 * What browsers tell. In a file anybody can have written it: it is claimed. Where the service itself has received it, its stamp counts,
 * and what enrolled browsers tell is as good as any log. What a browser tells that is not enrolled stays a claim.
 */
export const toldByBrowsers: readonly Fact[] = [
  {
    id: 'browser-private-account',
    ...chatgpt,
    account: 'personal',
    verdict: 'wrong-account',
    ...claimed,
    who: members('Sales', 6, 7),
    days: [9, 16],
    look: { host: 'chatgpt.com', tells: 'sign-in', account: 'personal', enrolled: true },
    why: 'Two people with an enterprise account, and a private one on the page.',
  },
  {
    id: 'browser-extensions',
    ...shadow,
    service: 'merlin',
    insteadOf: 'chatgpt-enterprise',
    ...claimed,
    who: members('Marketing', 14, 16),
    days: [10],
    look: { tells: 'extensions', extension: 'camppjleccjaphfdbohjdohecfnoikec', enrolled: true },
    why: 'An assistant that reads every page, in the list of extensions.',
  },
  {
    id: 'browser-forged',
    ...shadow,
    service: 'replika',
    ...claimed,
    claimed: 'always',
    who: members('Executive Board', 2, 2),
    days: [12, 13],
    perDay: 3,
    look: { host: 'replika.ai', tells: 'visit' },
    why: 'Somebody sends what looks like the visits of a member of the board. It must be about nobody.',
  },
];

const answer = { file: 'survey', days: [22], perDay: 1, claimed: 'always', account: 'unknown' } as const;

/** What people say of themselves: held against the rest, never evidence. */
export const toldInSurvey: readonly Fact[] = [
  {
    id: 'survey-chatgpt',
    ...chatgpt,
    ...answer,
    account: 'enterprise',
    verdict: 'sanctioned',
    who: members('Sales', 0, 2),
    look: { app: 'ChatGPT', account: 'enterprise' },
    why: 'They say so, and sign-ins show it.',
  },
  {
    id: 'survey-claude',
    ...shadow,
    ...answer,
    service: 'claude',
    account: 'personal',
    who: [...members('Legal', 5, 5), ...members('Finance', 15, 15)],
    look: { app: 'Claude', account: 'personal' },
    why: 'One of them was seen; the other uses it where no log looks.',
  },
  {
    id: 'survey-deepl',
    ...answer,
    service: 'deepl',
    entry: 'deepl-pro',
    verdict: 'sanctioned',
    who: members('Legal', 6, 6),
    look: { app: 'DeepL' },
    why: 'Names DeepL, of which nothing was seen, and not Claude, which was seen and paid for.',
  },
  {
    id: 'survey-kimi',
    ...shadow,
    ...answer,
    service: 'kimi',
    who: members('Customer Support', 16, 17),
    look: { app: 'Kimi' },
    why: 'Known from answers alone: nothing else shows it.',
  },
];
