import type { Measure } from '../../inventory/metrics.js';
import { percent } from '../../inventory/words.js';
import { beforeWords } from '../periodic/period.js';
import { column, heading, table, text } from './common/cells.js';
import type { Section } from './common/section.js';

/** The measures of the register, against the period before. */
export const section: Section = {
  order: 70,
  roles: ['admin', 'security', 'auditor'],
  blocks({ measures, period }) {
    return [
      heading('measures', 'Measures'),
      table(
        'measures',
        'With both numbers, and what they were',
        [
          column('measure', 'Measure', 'start', 4),
          column('share', 'Share', 'end'),
          column('share_before', `In ${beforeWords(period)}`, 'end', 1.4),
        ],
        measures.map(({ now, before }) => [
          text(now.sentence),
          { text: shareOf(now), value: fraction(now) },
          before === undefined ? { text: '\u2013', value: '' } : { text: shareOf(before), value: fraction(before) },
        ]),
        { empty: '' },
      ),
    ];
  },
};

const fraction = ({ numerator, denominator }: Measure): string =>
  denominator === 0 ? '' : `${numerator}/${denominator}`;

const shareOf = ({ numerator, denominator }: Measure): string =>
  denominator === 0 ? '\u2013' : `${percent(numerator, denominator)} (${numerator}/${denominator})`;
