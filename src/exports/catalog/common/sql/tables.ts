import { commentText } from '../escape.js';
import type { CatalogExportOptions } from '../export.js';
import { confidenceRank, type Plan } from '../plan.js';
import { type Column, type Dialect, tableName } from './dialect.js';

const ruleColumns: readonly Column[] = [
  { name: 'rule', type: 'number' },
  { name: 'tail', type: 'text' },
  { name: 'kind', type: 'text' },
  { name: 'host_pattern', type: 'text' },
  { name: 'path_pattern', type: 'text' },
  { name: 'service', type: 'text' },
  { name: 'role', type: 'text' },
  { name: 'account', type: 'text' },
  { name: 'confidence', type: 'number' },
  { name: 'weak', type: 'number' },
  { name: 'silent', type: 'number' },
];
const agentColumns: readonly Column[] = [
  { name: 'pattern', type: 'text' },
  { name: 'service', type: 'text' },
  { name: 'confidence', type: 'number' },
];

/** Statements, each ended by a semicolon and a line end. */
export const script = (statements: readonly string[]): string =>
  statements.map((statement) => `${statement.trimEnd()};\n`).join('\n');

/** The script that makes the lookup tables of signatures anew. */
export function tablesScript(dialect: Dialect, plan: Plan, options: CatalogExportOptions, title: string): string {
  const rules = plan.rules.map((rule) => [
    rule.rule,
    rule.tail,
    rule.kind,
    rule.hostPattern,
    rule.pathPattern,
    rule.service.id,
    rule.role,
    rule.account,
    confidenceRank(rule.confidence),
    rule.weak ? 1 : 0,
    rule.silent ? 1 : 0,
  ]);
  const agents = plan.agents.map((agent) => [agent.pattern, agent.service.id, confidenceRank(agent.confidence)]);
  return (
    `-- The signatures of Halflight for ${title}, catalog ${plan.version.slice(0, 12)}. Made by "halflight catalog export".\n` +
    `-- ${plan.rules.length} hosts and paths, ${plan.agents.length} user agents of ${plan.services.length} services.\n` +
    `-- Run it whenever the catalog changes; the query is in the other file.\n\n` +
    script([
      ...dialect.session,
      ...dialect.table(tableName(dialect, options.prefix, 'rules'), ruleColumns, portions(dialect, rules)),
      ...dialect.table(tableName(dialect, options.prefix, 'agents'), agentColumns, portions(dialect, agents)),
    ])
  );
}

/** Rows as text, in portions that leave room for the statement around them. */
function portions(dialect: Dialect, rows: readonly (readonly (string | number)[])[]): string[][] {
  const all: string[][] = [];
  let room = 0;
  for (const row of rows) {
    const text = `(${row.map((value) => (typeof value === 'number' ? String(value) : dialect.text(value))).join(', ')})`;
    if (all.length === 0 || room < text.length + 2) {
      all.push([]);
      room = dialect.longestStatement - 2000;
    }
    all.at(-1)?.push(text);
    room -= text.length + 2;
  }
  return all;
}

/** Lines of a comment. */
export const comment = (sign: string, lines: readonly string[]): string =>
  lines.map((line) => `${sign} ${commentText(line)}`.trimEnd()).join('\n');
