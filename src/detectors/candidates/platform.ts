import { builderPlatforms, candidateRules } from '../common/candidate-rules.js';
import { type CandidateDetector, noReasons } from '../common/detector.js';
import { platformOf } from '../common/subject.js';

/** An app of a tenant on a platform that builds apps by AI or hosts models. */
export const candidate: CandidateDetector = {
  title: 'builder platform',
  reasons(event) {
    if ((event.kind !== 'web' && event.kind !== 'dns') || event.host === undefined) return noReasons;
    const platform = platformOf(event.host);
    return platform === undefined
      ? noReasons
      : [{ rule: 'platform', points: candidateRules.points.platform, why: `an app of a tenant of ${platform.name}` }];
  },
  needles: () => [...builderPlatforms.keys()],
  glance: () => ({ host: (host) => platformOf(host) !== undefined }),
};
