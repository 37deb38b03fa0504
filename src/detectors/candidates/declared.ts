import { candidateRules } from '../common/candidate-rules.js';
import { type CandidateDetector, noReasons } from '../common/detector.js';

/** Longer answers tell a story, and name no tool. */
const longest = { characters: 60, words: 5 };

/** A tool that somebody says they use, and that no signature names. */
export const candidate: CandidateDetector = {
  title: 'declared in a survey',
  reasons({ declared, app }) {
    if (declared !== true || app === undefined) return noReasons;
    const words = app.split(/\s+/);
    if (app.length > longest.characters || words.length > longest.words || !/\p{L}{2}/u.test(app)) return noReasons;
    return [
      {
        rule: 'declared',
        points: candidateRules.points.declared,
        why: 'somebody named it when asked which AI they use',
      },
    ];
  },
};
