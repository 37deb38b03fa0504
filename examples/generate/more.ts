import type { LogFile } from './files.js';
import { logFiles } from './files.js';
import { recordsOf } from './logs.js';
import { type Cell, workbook } from './pack-xlsx.js';
import { cardRecords } from './plan/cards.js';
import { contractsCsv } from './plan/contracts.js';
import type { Plan } from './plan/index.js';
import { dhcpLog, vpnLog } from './plan/leases.js';
import { dayMs, firstDay } from './time.js';
import { expenseSheet } from './writers/expenses.js';

/** What a scan is given beside the logs: path below examples/acme-more -> content. */
export function moreFiles(plan: Plan): Map<string, Buffer> {
  return new Map([
    ['cards-2026.xlsx', cards(plan)],
    ['contracts.csv', Buffer.from(contractsCsv())],
    ['leases/dhcpd.log', Buffer.from(dhcpLog())],
    ['leases/openvpn.log', Buffer.from(vpnLog())],
  ]);
}

function cards(plan: Plan): Buffer {
  const tool = logFiles.find(({ key }) => key === 'expense-tool');
  const october = tool === undefined ? [] : plannedOctober(plan, tool);
  const rows = [...expenseSheet.header, ...cardRecords(october).map((rec) => expenseSheet.line(rec))];
  return workbook([['Cards', rows.map((row) => JSON.parse(row) as Cell[])]]);
}

const plannedOctober = (plan: Plan, tool: LogFile) =>
  plan.facts
    .filter(({ file }) => file === tool.key)
    .flatMap((fact) => recordsOf(fact, tool))
    .filter(({ at }) => at < firstDay + 13 * dayMs);
