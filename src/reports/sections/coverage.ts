import { count, number } from '../../inventory/words.js';
import type { Block, Cell } from '../blocks/block.js';
import type { PeriodFacts, SourceFacts } from '../periodic/facts.js';
import { column, counted, heading, isManager, paragraph, table, text } from './common/cells.js';
import type { Section } from './common/section.js';

/** What the sources brought, what they can show and what they cannot: no data is never no use. */
export const section: Section = {
  order: 80,
  roles: ['admin', 'security', 'auditor', 'manager'],
  blocks(facts) {
    return [
      heading('coverage', 'Coverage'),
      paragraph(
        'No data is never no use: where a source was silent, or of a kind that is not there, nothing is known.',
      ),
      // To a manager only what can be seen at all: numbers of records are about everybody.
      ...(isManager(facts) ? [] : sourcesOf(facts)),
      table(
        'shows',
        'What each kind of source shows',
        [
          column('kind', 'Kind', 'start', 0.8),
          column('sources', 'Sources', 'end', 0.7),
          column('can', 'Shows', 'start', 3),
          column('cannot', 'Does not show', 'start', 3),
        ],
        facts.shows.map((row) => [
          text(row.kind),
          row.sources === 0 ? { text: 'none', value: 0, tone: 'warning' } : counted(row.sources),
          text(row.can, undefined),
          text(row.cannot, undefined),
        ]),
        { empty: '' },
      ),
    ];
  },
};

function sourcesOf({ sources }: PeriodFacts): Block[] {
  const silent = sources.filter(({ days }) => days.covered === 0);
  return [
    ...(silent.length > 0
      ? [paragraph(`Silent in the whole period: ${silent.map(({ id }) => text(id).text).join(', ')}.`, 'bad')]
      : []),
    table(
      'sources',
      'Sources of data',
      [
        column('source', 'Source', 'start', 2),
        column('kind', 'Kind'),
        column('records', 'Records', 'end'),
        column('days', 'Days with data', 'end'),
        column('hours', 'Hours without data', 'end'),
        column('note', 'Missing', 'start', 2),
      ],
      sources.map((source): Cell[] => [
        text(source.id),
        text(source.kind),
        counted(source.records),
        {
          text: `${source.days.covered} of ${source.days.all}`,
          value: source.days.covered,
          tone: source.days.covered === 0 ? 'bad' : source.days.covered < source.days.all ? 'warning' : undefined,
        },
        hoursOf(source),
        text(missingOf(source)),
      ]),
      { most: 100, empty: 'There is no source: nothing was read of this period.' },
    ),
  ];
}

/** By the time of receipt, so that a folder which is filled once a day has many. */
function hoursOf({ hours }: SourceFacts): Cell {
  if (hours === undefined) return { text: '\u2013', value: '' };
  const without = Math.max(0, hours.all - hours.withData);
  return { text: `${number(without)} of ${number(hours.all)}`, value: without };
}

function missingOf({ rejected, refused, missing, gaps, gapWhy }: SourceFacts): string {
  return [
    rejected > 0 ? `${count(rejected, 'record')} could not be read` : '',
    refused > 0 ? `${count(refused, 'push', 'pushes')} refused` : '',
    missing > 0 ? `${count(missing, 'line')} known to be missing` : '',
    gaps > 0 ? `${count(gaps, 'gap')}: ${gapWhy}` : '',
  ]
    .filter((part) => part !== '')
    .join('; ');
}
