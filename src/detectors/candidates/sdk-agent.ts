import { Memo } from '../../core/memo.js';
import { candidateRules, sdkAgents } from '../common/candidate-rules.js';
import { type CandidateDetector, noReasons } from '../common/detector.js';

/** An SDK of a model API that talks to a host which no signature knows: a gateway, a reseller or a model of one's own. */
export const candidate: CandidateDetector = {
  title: 'SDK',
  reasons(event) {
    if (event.kind !== 'web' || event.host === undefined || event.user_agent === undefined) return noReasons;
    const name = sdkOf(event.user_agent);
    return name === ''
      ? noReasons
      : [{ rule: 'sdk', points: candidateRules.points.agent, why: `the User-Agent is ${name}` }];
  },
  needles: () => sdkAgents.map(([token]) => token),
  glance: () => ({ agent: (agent) => sdkOf(agent) !== '' }),
};

const seen = new Memo<string>(1024);
const sdkOf = (agent: string): string => (agent.length > 512 ? find(agent) : seen.get(agent, find));

/** A token stands at the start or behind a character that is no letter or digit. Empty where there is none. */
function find(agent: string): string {
  for (const [token, name] of sdkAgents) {
    const at = agent.indexOf(token);
    if (at === 0 || (at > 0 && !/[A-Za-z0-9]/.test(agent[at - 1] ?? ''))) return name;
  }
  return '';
}
