import { looksLikeAiName } from '../common/ai-words.js';
import type { CandidateDetector } from '../common/detector.js';
import { matchMerchant, merchantWords } from '../common/merchant-text.js';

/** A payment that may be to an AI vendor: a descriptor that several firms share, or a name with an AI word in it. */
export const candidate: CandidateDetector = {
  title: 'merchant',
  suggest(event, catalog) {
    if (event.kind !== 'expense' || event.merchant === undefined) return undefined;
    const match = matchMerchant(event.merchant, catalog);
    const subject = merchantWords(event.merchant).slice(0, 4).join(' ');
    if (match !== undefined && 'ambiguous' in match) {
      const names = [...new Set(match.ambiguous.map((rule) => rule.service.name))].join(' or ');
      return { kind: 'merchant', subject, reason: `may be ${names}, but others use the same text` };
    }
    const word = looksLikeAiName(event.merchant);
    return word === undefined ? undefined : { kind: 'merchant', subject, reason: `the name holds "${word}"` };
  },
};
