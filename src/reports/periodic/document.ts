import { plainLine } from '../../alerts/common/plain.js';
import { number } from '../../inventory/words.js';
import type { Block, ReportDocument } from '../blocks/block.js';
import { allSections } from '../sections/common/section.js';
import { answerOf } from './answer.js';
import type { PeriodFacts } from './facts.js';
import { leastMembers } from './load.js';
import { periodWords } from './period.js';

const titles = { week: 'Weekly', month: 'Monthly', quarter: 'Quarterly', range: 'Periodic' } as const;

/** The report of what is known of a period: the sections for its audience, in their order. Only this part decides who sees what. */
export async function documentOf(facts: PeriodFacts): Promise<ReportDocument> {
  const { period, audience, end, zone, members } = facts;
  const { role, group } = audience;
  const base = {
    title: `${titles[period.kind]} AI report`,
    subtitle: plainLine(
      `${sentence(periodWords(period))}; for ${group === undefined ? `the ${role}` : `the manager of ${group}`}; days in ${zone}`,
      300,
    ),
    at: end,
  };
  if (role === 'manager' && members < leastMembers)
    return {
      ...base,
      about: aboutOf(facts),
      answer: `This group has fewer than ${leastMembers} members, so nothing is reported on it.`,
      blocks: [],
    };
  const blocks: Block[] = [];
  for (const section of (await allSections()).values())
    if (section.roles.includes(role)) blocks.push(...section.blocks(facts));
  return { ...base, about: aboutOf(facts), answer: plainLine(answerOf(facts), 600), blocks };
}

const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** What it was made of, so that it can be made again. */
function aboutOf({ period, audience, zone, sources, versions }: PeriodFacts): ReportDocument['about'] {
  const rows = [
    { label: 'Period', value: `${period.id} (${period.from} to ${period.to}, ${zone})` },
    {
      label: 'Made for',
      value: audience.group === undefined ? audience.role : `${audience.role} of ${audience.group}`,
    },
    { label: 'People', value: audience.role === 'manager' ? 'none' : audience.names ? 'by name' : 'by pseudonym' },
    { label: 'Halflight', value: versions.product },
    {
      label: 'Catalog',
      value: `${versions.catalogRelease === '' ? '' : `${versions.catalogRelease}, `}${versions.catalog}`,
    },
    {
      label: 'Register',
      value: versions.entries === 0 ? 'none' : `${number(versions.entries)} entries, ${versions.inventory}`,
    },
    { label: 'Risk rules', value: versions.riskRules },
  ];
  // What stands behind the figures is about everybody, and so is the audit log.
  if (audience.role !== 'manager')
    rows.push(
      {
        label: 'Behind the figures',
        value: `${number(sum(sources.map(({ records }) => records)))} records in ${number(sum(sources.map(({ chunks }) => chunks)))} pieces of input`,
      },
      { label: 'Audit checkpoint', value: versions.checkpoint || 'none yet' },
    );
  return rows.map(({ label, value }) => ({ label, value: plainLine(value, 300) }));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
