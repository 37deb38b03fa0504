import { number } from '../../inventory/words.js';
import type { FiguresBlock } from '../blocks/block.js';
import { beforeWords } from '../periodic/period.js';
import { change, inUse, isManager, people, said } from './common/cells.js';
import { actingFindings, newServices } from './common/lists.js';
import type { Section } from './common/section.js';

/** The figures of the period, with what they were before. */
export const section: Section = {
  order: 10,
  roles: ['admin', 'security', 'auditor', 'manager'],
  blocks(facts) {
    const { services, totals, audience, period } = facts;
    const [now, then] = [services.filter((row) => inUse(row.now)), services.filter((row) => inUse(row.before))];
    const acting = actingFindings(facts);
    const fresh = newServices(facts);
    const items: FiguresBlock['items'][number][] = [
      {
        label: 'services in use',
        value: number(now.length),
        note: `${number(then.length)} ${beforeWords(period)}`,
        tone: 'neutral',
      },
      {
        label: 'new services',
        value: number(fresh.length),
        note: 'used for the first time',
        tone: fresh.length > 0 ? 'warning' : 'good',
      },
      {
        label: acting.length === 1 ? 'finding to act on' : 'findings to act on',
        value: number(acting.length),
        note: `of ${number(facts.findings.length)}`,
        tone: acting.length > 0 ? 'bad' : 'good',
      },
    ];
    if (!isManager(facts))
      items.push({
        label: 'people using AI',
        value: people(audience, totals.now).text,
        note: `${change(totals.now.people, totals.before.people)} against ${beforeWords(period)}`,
        tone: 'neutral',
      });
    // The sum over a group is told only where no service in it is too small to be told: else one could reckon.
    else if (now.every((row) => row.now.people >= 5) && totals.now.people >= 5)
      items.push({
        label: 'people using AI',
        value: number(totals.now.people),
        note: said(`in ${audience.group ?? ''}`),
        tone: 'neutral',
      });
    return [{ kind: 'figures', items }];
  },
};
