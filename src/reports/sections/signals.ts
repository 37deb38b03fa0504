import { column, heading, table, text } from './common/cells.js';
import type { Section } from './common/section.js';

/** Drifts and anomalies, with the numbers that raised them. */
export const section: Section = {
  order: 37,
  roles: ['admin', 'security'],
  blocks(facts) {
    const rows = facts.findings.flatMap((finding) =>
      finding.claimedOnly
        ? []
        : finding.signals.map((signal) => [
            text(finding.name),
            text(finding.accountKind),
            text(signal.name, 'warning'),
            text(signal.why, undefined),
          ]),
    );
    if (rows.length === 0) return [];
    return [
      heading('signals', 'Signals'),
      table(
        'signals',
        'What changes in how services are used',
        [
          column('service', 'Service', 'start', 1.5),
          column('account', 'Account'),
          column('signal', 'Signal'),
          column('why', 'Why', 'start', 4),
        ],
        rows,
        { most: 40, empty: '' },
      ),
    ];
  },
};
