import { parse } from 'tldts';
import type { CandidateHit } from '../../core/hit.js';
import { aiWords } from '../common/ai-words.js';
import type { CandidateDetector } from '../common/detector.js';

/** Zones of which most names belong to AI services. */
const aiZones = new Set(['ai']);

/** A host in the .ai zone, or with an AI word as a whole part of its registrable name. */
export const candidate: CandidateDetector = {
  title: 'host name',
  suggest(event, catalog) {
    if ((event.kind !== 'web' && event.kind !== 'dns') || event.host === undefined) return undefined;
    const found = wordIn(event.host);
    // Known hosts that do not count (weak, telemetry) are no candidates.
    return found === undefined || catalog.targets.find(event.host, event.path) !== undefined ? undefined : found;
  },
  needles: () => ['.ai', ...[...aiWords].flatMap((word) => (word.length > 2 ? [word] : [`${word}.`, `${word}-`]))],
  glance: () => ({ host: (host) => wordIn(host) !== undefined }),
};

/** A cheap look before the public suffix is asked for: most names hold no such word at all. */
const mayHold = new RegExp(`(?:^|[.-])(?:${[...aiWords].join('|')})(?:[.-]|$)`);

function wordIn(host: string): CandidateHit | undefined {
  if (!mayHold.test(host)) return undefined;
  const { domain, publicSuffix, domainWithoutSuffix, isIp } = parse(host);
  if (isIp === true || domain === null || publicSuffix === null) return undefined;
  const zone = publicSuffix.slice(publicSuffix.lastIndexOf('.') + 1);
  if (aiZones.has(zone)) return { kind: 'host', subject: domain, reason: `the name is in the .${zone} zone` };
  const word = (domainWithoutSuffix ?? '').split('-').find((part) => aiWords.has(part));
  return word === undefined
    ? undefined
    : { kind: 'host', subject: domain, reason: `the name holds "${word}" as a whole word` };
}
