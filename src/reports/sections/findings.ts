import { actionable, callsForAction } from '../../core/register.js';
import { number } from '../../inventory/words.js';
import type { Cell, Tone } from '../blocks/block.js';
import { accountWords, verdictOrder, verdictWords } from '../html/words.js';
import type { FindingFacts, PeriodFacts } from '../periodic/facts.js';
import { column, counted, dayCell, heading, isManager, paragraph, people, table, text } from './common/cells.js';
import { actingFindings } from './common/lists.js';
import type { Section } from './common/section.js';

/** Findings by verdict, and what to do about those that call for it. */
export const section: Section = {
  order: 30,
  roles: ['admin', 'security', 'auditor', 'manager'],
  blocks(facts) {
    const acting = actingFindings(facts);
    const claimed = facts.findings.filter(({ claimedOnly }) => claimedOnly).length;
    return [
      heading('findings', 'What to act on'),
      table(
        'findings',
        'Findings that call for action, the most urgent first',
        columnsFor(facts),
        acting.map((row) => rowOf(facts, row)),
        {
          most: 40,
          empty: 'Nothing that was seen calls for action.',
        },
      ),
      table(
        'verdicts',
        'All findings by verdict',
        [
          column('verdict', 'Verdict', 'start', 1),
          column('findings', 'Findings', 'end', 1),
          column('means', 'What it says', 'start', 4),
        ],
        verdictOrder.flatMap((verdict) => {
          const found = facts.findings.filter((row) => row.verdict === verdict && !row.claimedOnly).length;
          return found === 0
            ? []
            : [[text(verdictWords[verdict].label, toneOf(verdict)), counted(found), text(verdictWords[verdict].means)]];
        }),
        { empty: 'There are no findings.' },
      ),
      ...(claimed > 0 && !isManager(facts)
        ? [
            paragraph(
              `${number(claimed)} more ${claimed === 1 ? 'rests' : 'rest'} on claims alone: nobody vouches for them, so they are about nobody and call for nothing.`,
            ),
          ]
        : []),
    ];
  },
};

const toneOf = (verdict: FindingFacts['verdict']): Tone =>
  verdict === 'attempted' ? 'neutral' : actionable.has(verdict) ? 'bad' : verdict === 'in-review' ? 'warning' : 'good';

const columnsFor = (facts: PeriodFacts) => [
  column('service', 'Service', 'start', 1.6),
  column('account', 'Account', 'start', 1),
  column('verdict', 'Verdict', 'start', 1.2),
  ...(isManager(facts) ? [] : [column('risk', 'Risk', 'end', 0.6)]),
  column('people', 'People', 'end', 1),
  column('since', 'Since', 'start', 1),
  column('next', 'What to do', 'start', 3),
];

function rowOf(facts: PeriodFacts, finding: FindingFacts): Cell[] {
  const { verdict, accountKind, alternatives, contactOnly } = finding;
  const instead = alternatives.length > 0 ? ` Approved instead: ${alternatives.slice(0, 3).join(', ')}.` : '';
  const unsure = contactOnly ? ' Rests on DNS alone: look whether it is used.' : '';
  return [
    text(finding.name),
    text(accountWords[accountKind]),
    text(verdictWords[verdict].label, callsForAction(finding) ? 'bad' : 'neutral'),
    ...(isManager(facts) ? [] : [{ text: `${finding.risk.score} ${finding.risk.level}`, value: finding.risk.score }]),
    people(facts.audience, finding.now),
    dayCell(facts.audience, finding.since, finding.now),
    text(`${verdictWords[verdict].next}${instead}${unsure}`, undefined),
  ];
}
