import type { Notice } from '../../core/notice.js';
import type { ReportDocument } from '../../reports/blocks/block.js';
import type { ReportPeriod } from '../../reports/periodic/period.js';
import type { ReportList } from '../setup.js';

/** That a report is there: its first sentence, and by its id what carries the rest. Holds no names of people. */
export const reportNotice = (
  id: string,
  document: ReportDocument,
  { list, period, at }: { list: ReportList; period: ReportPeriod; at: number },
): Notice => ({
  id: `n_${id}`,
  kind: 'report.ready',
  at,
  title: `${document.title}: ${document.subtitle}`,
  text: document.answer,
  subject: `report/${id}`,
  severity: 'info',
  details: { report: id, list: list.id, period: period.id, from: period.from, to: period.to, role: list.role },
});
