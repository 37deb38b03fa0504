import { looksLikeAiName } from '../common/ai-words.js';
import type { CandidateDetector } from '../common/detector.js';

/** An app that was granted access, signed in to or installed, whose name suggests AI. */
export const candidate: CandidateDetector = {
  title: 'app name',
  suggest(event) {
    if (event.app === undefined || (event.kind !== 'grant' && event.kind !== 'signin' && event.kind !== 'extension'))
      return undefined;
    const word = looksLikeAiName(event.app);
    return word === undefined
      ? undefined
      : {
          kind: event.kind === 'extension' ? 'extension' : 'app',
          subject: event.app,
          reason: `the name of the app holds "${word}"`,
        };
  },
};
