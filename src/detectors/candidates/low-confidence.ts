import { candidateRules } from '../common/candidate-rules.js';
import { type CandidateDetector, noReasons } from '../common/detector.js';

/** A host of the list of names that some list calls AI and of which nobody can say more. */
export const candidate: CandidateDetector = {
  title: 'low-confidence list',
  reasons({ kind, host }, catalog) {
    if ((kind !== 'web' && kind !== 'dns') || host === undefined) return noReasons;
    const row = catalog.lowConfidence(host);
    if (row === undefined) return noReasons;
    const points = candidateRules.points.lowConfidence;
    return [{ rule: 'low-confidence', points, why: `listed as ${row.name} (${row.category}) by ${row.source}` }];
  },
  // Those in the .ai zone are looked for by it already.
  needles: (catalog) => catalog.lowConfidenceList.hosts().filter((host) => !host.endsWith('.ai')),
  glance: (catalog) => ({ host: (host) => catalog.lowConfidence(host) !== undefined }),
};
