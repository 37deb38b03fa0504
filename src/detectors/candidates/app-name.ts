import type { CandidateReason } from '../../core/hit.js';
import { aiBrands, aiHints, aiWords, appHints, wordsOf } from '../common/ai-words.js';
import { aiScopes, broadScopes, candidateRules } from '../common/candidate-rules.js';
import { type CandidateDetector, noReasons } from '../common/detector.js';

const { points } = candidateRules;

/** An app that was granted access, signed in to or installed, whose name or scopes suggest AI. */
export const candidate: CandidateDetector = {
  title: 'app name',
  reasons(event) {
    if (event.kind !== 'grant' && event.kind !== 'signin' && event.kind !== 'extension') return noReasons;
    const reasons: CandidateReason[] = [];
    const words = wordsOf(event.app ?? '');
    const word = words.find(
      (item) => aiWords.has(item) || aiBrands.has(item) || (item.length > 3 && item.endsWith('gpt')),
    );
    if (word !== undefined)
      reasons.push({ rule: 'word', points: points.appWord, why: `the name of the app holds "${word}"` });
    const hint = words.find((item) => aiHints.has(item) || appHints.has(item));
    if (hint !== undefined)
      reasons.push({ rule: 'hint', points: points.appHint, why: `the name of the app holds "${hint}"` });
    const scopes = (event.scopes ?? []).map((scope) => scope.toLowerCase());
    const telling = scopes.find((scope) => aiScopes.some((part) => scope.includes(part)));
    if (telling !== undefined)
      reasons.push({ rule: 'scope', points: points.scopeOfAi, why: `it was given the scope ${telling}` });
    const broad = scopes.find((scope) => broadScopes.some((part) => scope.includes(part)));
    if (broad !== undefined && reasons.length > 0)
      reasons.push({ rule: 'broad-scope', points: points.broadScope, why: `it may read through ${broad}` });
    return reasons.length === 0 ? noReasons : reasons;
  },
};
