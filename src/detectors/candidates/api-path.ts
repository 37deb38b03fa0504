import type { CandidateReason } from '../../core/hit.js';
import { apiPaths, candidateRules, modelPorts } from '../common/candidate-rules.js';
import { type CandidateDetector, noReasons } from '../common/detector.js';
import { isInternalAddress, isInternalName } from '../common/subject.js';

const { points } = candidateRules;
const paths = apiPaths.toSorted(([a], [b]) => b.length - a.length);

/** A request of the shape of a model API. On a host that no signature knows it means a gateway, a reseller or a server of one's own. */
export const candidate: CandidateDetector = {
  title: 'API path',
  reasons(event) {
    if (event.kind !== 'web' || event.host === undefined || event.path === undefined) return noReasons;
    const path = event.path.toLowerCase();
    const family = paths.find(([end]) => path.endsWith(end));
    if (family === undefined) return noReasons;
    const [end, name, share] = family;
    const reasons: CandidateReason[] = [{ rule: 'api-path', points: share, why: `the path ends in ${end}: ${name}` }];
    if (event.method?.toUpperCase() === 'POST')
      reasons.push({ rule: 'post', points: points.post, why: 'the request sent something (POST)' });
    if (/[?&]alt=sse(?:&|$)|[?&]session_?id=/i.test(event.url ?? ''))
      reasons.push({ rule: 'stream', points: points.stream, why: 'the query asks for a stream of events' });
    const address = event.dst_ip ?? event.host;
    if (isInternalName(event.host) || isInternalAddress(address))
      reasons.push({ rule: 'internal', points: points.internal, why: 'the server is inside the network' });
    const server = event.port === undefined ? undefined : modelPorts.get(event.port);
    if (server !== undefined)
      reasons.push({ rule: 'port', points: points.port, why: `port ${event.port} is that of ${server}` });
    return reasons;
  },
  needles: () => apiPaths.map(([end]) => end),
  glance: () => ({ pathEnds: apiPaths.map(([end]) => end) }),
};
