import type { Catalog } from '../../catalog/compile.js';
import type { CandidateReason } from '../../core/hit.js';
import { aiBrands, aiHints, aiWords, wordsOf } from '../common/ai-words.js';
import { candidateRules } from '../common/candidate-rules.js';
import { type CandidateDetector, noReasons } from '../common/detector.js';
import { descriptorsWith, matchMerchant, merchantWords, storeOf } from '../common/merchant-text.js';

const { points } = candidateRules;

/** A payment that may be to an AI vendor: a descriptor that several firms share, one that resembles another, or an AI word. */
export const candidate: CandidateDetector = {
  title: 'merchant',
  reasons(event, catalog) {
    if (event.kind !== 'expense' || event.merchant === undefined) return noReasons;
    const match = matchMerchant(event.merchant, catalog);
    const reasons: CandidateReason[] = [];
    if (match !== undefined && 'ambiguous' in match) {
      const names = [...new Set(match.ambiguous.map((rule) => rule.service.name))].sort().join(' or ');
      reasons.push({
        rule: 'shared-descriptor',
        points: points.merchantShared,
        why: `may be ${names}, but others use the same text`,
      });
    } else {
      const like = resembled(event.merchant, catalog);
      if (like !== undefined)
        reasons.push({ rule: 'resembles', points: points.merchantResembles, why: `resembles ${like}` });
    }
    if (storeOf(event.merchant) !== undefined)
      reasons.push({
        rule: 'store',
        points: points.merchantStore,
        why: 'AI apps are paid through this store too, and the text does not say what was bought: the receipt does',
      });
    const words = wordsOf(event.merchant);
    const word = words.find((item) => aiWords.has(item) || aiBrands.has(item));
    if (word !== undefined)
      reasons.push({ rule: 'word', points: points.merchantWord, why: `the name holds "${word}"` });
    const hint = words.find((item) => aiHints.has(item));
    if (hint !== undefined && reasons.length > 0)
      reasons.push({ rule: 'hint', points: points.merchantHint, why: `the name holds "${hint}"` });
    return reasons.length === 0 ? noReasons : reasons;
  },
};

/** Shorter descriptors resemble too much. */
const shortest = 8;

/** The descriptor whose letters begin those of the text, blanks and punctuation aside, with one letter wrong at most; or that the text begins. */
function resembled(merchant: string, catalog: Catalog): string | undefined {
  const text = merchantWords(merchant).join('');
  if (text.length < shortest) return undefined;
  // The first letter is the one that nobody gets wrong.
  const found = descriptorsWith(text[0] ?? '', catalog).find(
    ({ rule, letters }) =>
      !rule.ambiguous && letters.length >= shortest && (beginsNearly(text, letters) || beginsMost(text, letters)),
  );
  return found && `${found.rule.value} (${found.rule.service.name})`;
}

/** Whether a text is most of a descriptor, cut at its end: `MIDJOURNEY` of `MIDJOURNEY INC`; not `MICROSOFT` of `MICROSOFT COPILOT`. */
const beginsMost = (text: string, wanted: string): boolean =>
  wanted.startsWith(text) && text.length >= wanted.length * 0.65;

/** Whether a beginning of `text` is `wanted`, whose first letter it has, or that with one character changed, left out or put in. */
function beginsNearly(text: string, wanted: string): boolean {
  let at = 0;
  while (at < wanted.length && text[at] === wanted[at]) at++;
  if (at === wanted.length) return true;
  const rest = wanted.slice(at + 1);
  return (
    text.startsWith(rest, at + 1) ||
    (rest !== '' && text.startsWith(rest, at)) ||
    text.startsWith(wanted.slice(at), at + 1)
  );
}
