import type { Catalog, NamedRule } from '../catalog/compile.js';
import { type Detector, networkStrength } from './common/detector.js';

/** An AI tool or SDK that names itself in the User-Agent, whatever the host. */
export const detector: Detector = {
  title: 'user agent',
  detect(event, catalog) {
    if (event.user_agent === undefined || event.kind !== 'web') return [];
    return rulesIn(event.user_agent, catalog).map((rule) => ({
      service: rule.service.id,
      signature: `user agent ${rule.value}`,
      reason: `the User-Agent names ${rule.value.replace(/\/$/, '')}, a tool of ${rule.service.name}`,
      confidence: rule.confidence,
      strength: networkStrength(event, 'web'),
    }));
  },
  // A log may write blanks as + or %20, so only the longest word of a token is looked for.
  needles: (catalog) =>
    catalog.userAgents.map(({ value }) =>
      value.split(/[ +]/).reduce((longest, word) => (word.length > longest.length ? word : longest), ''),
    ),
  glance: (catalog) => ({ agent: (agent) => rulesIn(agent, catalog).length > 0 }),
};

const seen = new WeakMap<Catalog, Map<string, readonly NamedRule[]>>();
const maxSeen = 1024;

/** Remembered: an organisation has few browsers. */
function rulesIn(userAgent: string, catalog: Catalog): readonly NamedRule[] {
  let known = seen.get(catalog);
  if (known === undefined) {
    known = new Map();
    seen.set(catalog, known);
  }
  let rules = known.get(userAgent);
  if (rules === undefined) {
    rules = rulesOf(userAgent, catalog);
    if (userAgent.length > 512) return rules;
    if (known.size >= maxSeen) known.clear();
    // A copy: a slice of a log line would keep all of the line alive.
    known.set(Buffer.from(userAgent).toString(), rules);
  }
  return rules;
}

function rulesOf(userAgent: string, catalog: Catalog): NamedRule[] {
  return catalog.userAgents.filter(({ value }) => {
    for (let at = userAgent.indexOf(value); at >= 0; at = userAgent.indexOf(value, at + 1)) {
      if (at === 0 || !/[A-Za-z0-9]/.test(userAgent[at - 1] ?? '')) return true;
    }
    return false;
  });
}
