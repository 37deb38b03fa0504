import { csvField } from './escape.js';
import type { ExportFile } from './export.js';
import { confidenceRank, type Plan } from './plan.js';

/** A CSV file with a header line, for engines that look up in files. */
export const csvFile = (name: string, header: readonly string[], rows: readonly (readonly string[])[]): ExportFile => ({
  name,
  content: `${[header, ...rows].map((row) => row.map(csvField).join(',')).join('\r\n')}\r\n`,
});

/** The hosts and paths as a lookup file. */
export const rulesFile = (plan: Plan, name: string): ExportFile =>
  csvFile(
    name,
    [
      'rule',
      'tail',
      'match_kind',
      'host_pattern',
      'path_pattern',
      'service',
      'role',
      'account',
      'confidence',
      'weak',
      'silent',
    ],
    plan.rules.map((rule) => [
      String(rule.rule),
      rule.tail,
      rule.kind,
      rule.hostPattern,
      rule.pathPattern,
      rule.service.id,
      rule.role,
      rule.account,
      String(confidenceRank(rule.confidence)),
      rule.weak ? '1' : '0',
      rule.silent ? '1' : '0',
    ]),
  );
