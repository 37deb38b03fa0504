import { count } from '../../inventory/words.js';
import { actingFindings, newServices } from '../sections/common/lists.js';
import type { PeriodFacts } from './facts.js';
import { periodWords } from './period.js';

/** The period in one sentence or two: first in the report, and all that a chat shows of it. */
export function answerOf(facts: PeriodFacts): string {
  const { period, services, totals, audience, newestDay, sources } = facts;
  const when = `In ${periodWords(period)}`;
  const manager = audience.role === 'manager';
  if (!manager && sources.every(({ records, days }) => records === 0 && days.covered === 0)) {
    const newest = newestDay === undefined ? '' : ` The newest data are of ${newestDay}.`;
    return `${when}, no data came from any source, so nothing can be said: no data is never no use.${newest}`;
  }
  const used = services.filter(({ now }) => now.events > 0);
  if (used.length === 0) return `${when}, no AI service was seen in use${manager ? ' in your group' : ''}.`;
  const fresh = newServices(facts).length;
  const news = fresh === 0 ? '' : `, ${fresh} of them for the first time`;
  const what = `${count(used.length, 'AI service')}${news}`;
  const unsure = used.filter(({ contactOnly }) => contactOnly).length;
  const dns = unsure === 0 ? '' : ` (${unsure} only looked up in DNS)`;
  const who = totals.now.people > 0 ? count(totals.now.people, 'person', 'people') : count(totals.now.actors, 'actor');
  // Of a group the number of its people is told only where the figures tell it.
  const subject = manager ? `${when}, your group used` : `${when}, ${who} used`;
  const acting = actingFindings(facts);
  const [first] = acting;
  if (first === undefined) return `${subject} ${what}${dns}, and nothing of it calls for action.`;
  const calls = acting.length === 1 ? 'finding calls' : 'findings call';
  return `${subject} ${what}${dns}; ${acting.length} ${calls} for action, first ${first.name} (${first.verdict}).`;
}
