import type { CandidateReason } from '../../core/hit.js';
import { tellingPorts } from '../../core/model-ports.js';
import { candidateRules } from '../common/candidate-rules.js';
import { type CandidateDetector, noReasons } from '../common/detector.js';
import { isInternalAddress, isInternalName } from '../common/subject.js';

const { points } = candidateRules;

/** A connection to a model server inside the network: flow and firewall records show no path, but the port. */
export const candidate: CandidateDetector = {
  title: 'port of a flow record',
  reasons({ flow, port, host, dst_ip }) {
    const server = flow === true && port !== undefined ? tellingPorts.get(port) : undefined;
    if (server === undefined) return noReasons;
    const internal =
      (dst_ip !== undefined && isInternalAddress(dst_ip)) ||
      (host !== undefined && (isInternalName(host) || isInternalAddress(host)));
    if (!internal) return noReasons;
    const reasons: CandidateReason[] = [
      { rule: 'flow-port', points: points.flowPort, why: `a connection to port ${port}, that of ${server}` },
      { rule: 'internal', points: points.internal, why: 'the server is inside the network' },
    ];
    return reasons;
  },
  // As digits wherever they stand. Layouts of flow records judge the port themselves (`isOrdinaryPort`).
  needles: () => [...tellingPorts.keys()].map(String),
};
