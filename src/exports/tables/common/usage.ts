import type { Usage } from '../../../core/usage.js';
import { type UsageLabels, usageColumns } from '../../../core/usage-columns.js';
import type { Table } from './format.js';

/** The daily roll-up: one row for each day, service, actor, source, account kind, strength and provenance. */
export const usageTable = (labels: UsageLabels): Table<Usage> => ({
  name: 'usage',
  columns: usageColumns(labels),
  event: undefined,
});
