import { parse } from 'tldts';
import type { CandidateReason } from '../../core/hit.js';
import { Memo } from '../../core/memo.js';
import { againstWords, aiBrands, aiHints, aiWords, ordinaryNames } from '../common/ai-words.js';
import { candidateRules } from '../common/candidate-rules.js';
import { type CandidateDetector, noReasons } from '../common/detector.js';
import { isInternalName } from '../common/subject.js';

const { points, threshold } = candidateRules;

/** What the name of a host says: its zone, words as whole parts of it, and what speaks against. */
export const candidate: CandidateDetector = {
  title: 'host name',
  reasons(event) {
    if ((event.kind !== 'web' && event.kind !== 'dns') || event.host === undefined) return noReasons;
    return nameReasons(event.host);
  },
  needles: () => [
    '.ai',
    'gpt',
    ...[...aiWords, ...aiBrands].flatMap((word) => (word.length > 2 ? [word] : [`${word}.`, `${word}-`])),
  ],
  glance: () => ({
    host: (host) => mayReach.test(host) && sumOf(nameReasons(host)) >= threshold,
  }),
};

const anyOf = (words: Iterable<string>): string => [...words].join('|');
/** Cheap looks before the public suffix is asked for: most names hold no such word at all. */
const mayReach = new RegExp(`(?:^|[.-])(?:${anyOf([...aiWords, ...aiBrands])})(?:[.-]|$)|gpt(?:[.-]|$)`);
const mayHold = new RegExp(`(?:^|[.-])(?:${anyOf([...aiWords, ...aiBrands, ...aiHints])})(?:[.-]|$)|gpt(?:[.-]|$)`);

const sumOf = (reasons: readonly CandidateReason[]): number => reasons.reduce((sum, reason) => sum + reason.points, 0);

const known = new Memo<readonly CandidateReason[]>(2048);
const nameReasons = (host: string): readonly CandidateReason[] =>
  mayHold.test(host) ? known.get(host, reasonsOf) : noReasons;

function reasonsOf(host: string): readonly CandidateReason[] {
  const { domain, publicSuffix, domainWithoutSuffix, subdomain, isIp } = parse(host, { validateHostname: false });
  if (isIp === true) return noReasons;
  const internal = domain === null || isInternalName(host);
  const name = internal ? [] : (domainWithoutSuffix ?? '').split('-');
  const labels = internal ? host.split('.') : (subdomain ?? '').split('.');
  const parts = [...name, ...labels.flatMap((label) => label.split('-'))];
  const reasons: CandidateReason[] = [];
  const add = (rule: string, share: number, why: string): void => {
    reasons.push({ rule, points: share, why });
  };

  if (!internal && publicSuffix === 'ai') add('zone', points.zone, 'the name is in the .ai zone');
  else if (!internal && publicSuffix?.endsWith('.ai') === true)
    add('zone', points.zoneOfAnguilla, `the name is in the .${publicSuffix} zone`);

  // In front of the registrable name nearly everybody has an `ai`: there it is a hint.
  const word =
    name.find((part) => aiWords.has(part) || (aiBrands.has(part) && name.length > 1)) ??
    labels.find((label) => label !== 'ai' && aiWords.has(label));
  if (word !== undefined) add('word', points.word, `the name holds "${word}" as a whole part`);
  else {
    const ending = name.find((part) => part.length > 3 && part.endsWith('gpt'));
    if (ending !== undefined) add('word', points.gptEnding, `"${ending}" in the name ends in "gpt"`);
  }
  const hints = [
    ...new Set(parts.filter((part) => part !== word && [aiHints, aiWords, aiBrands].some((words) => words.has(part)))),
  ];
  if (hints.length > 0)
    add(
      'hint',
      Math.min(points.hints, hints.length * points.hint),
      `the name holds ${hints.map((hint) => `"${hint}"`).join(', ')}`,
    );
  if (reasons.length === 0) return noReasons;

  const against = parts.find((part) => againstWords.has(part));
  if (against !== undefined) add('against', points.against, `"${against}" in the name means something else`);
  if (domain !== null && ordinaryNames.has(domain))
    add('ordinary', points.ordinary, `${domain} was looked at and is no AI service`);
  return reasons;
}
