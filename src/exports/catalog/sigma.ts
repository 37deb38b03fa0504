import { createHash } from 'node:crypto';
import { literalPattern } from '../../catalog/host-index.js';
import { sigmaText, yamlText } from './common/escape.js';
import { type CatalogExport, type ExportFile, ownColumns } from './common/export.js';
import type { Plan, PlanAgent, PlanRule } from './common/plan.js';

/** Where Sigma's taxonomy keeps host, path and User-Agent. Source: sigmahq.io, "Sigma Taxonomy": categories proxy and dns. */
const logs = {
  proxy: { host: 'cs-host', path: 'c-uri-stem', agent: 'c-useragent' },
  dns: { host: 'query', path: undefined, agent: undefined },
} as const;
type Category = keyof typeof logs;

/**
 * One rule for each service and category of logs. Source: the Sigma specification 2.0 (modifiers `endswith`, `re`, `re|i`, conditions).
 * A host below which another service or a silent host is more specific has a selection of its own, less those. Sigma finds and does
 * not count: the roll-up is that of the engine which the rules are converted for.
 */
export const catalogExport: CatalogExport = {
  title: 'Sigma',
  summary: 'one rule for each service, for proxy and DNS logs',
  table: '',
  columns: ownColumns,
  rollUp: false,
  write(plan) {
    return (Object.keys(logs) as Category[]).flatMap((category) =>
      plan.services.flatMap((service) => {
        const rules = plan.rules.filter(
          (rule) => rule.service === service && !rule.silent && (category === 'proxy' || rule.path === undefined),
        );
        const agents = category === 'proxy' ? plan.agents.filter((agent) => agent.service === service) : [];
        return rules.length + agents.length === 0 ? [] : [fileOf(category, rules, agents, plan)];
      }),
    );
  },
};

function fileOf(category: Category, rules: readonly PlanRule[], agents: readonly PlanAgent[], plan: Plan): ExportFile {
  const service = (rules[0] ?? agents[0])?.service;
  if (service === undefined) throw new Error('a rule without a signature');
  const { host, path, agent } = logs[category];
  const selections: string[] = [];
  const conditions: string[] = [];
  const add = (name: string, items: readonly string[], condition = name): void => {
    selections.push(`    ${name}:\n${items.map((item) => `        - ${item}`).join('\n')}`);
    if (condition !== '') conditions.push(condition);
  };
  const plain: string[] = [];
  let number = 0;
  for (const rule of rules) {
    const others = plan.rules.filter((other) => hides(other, rule) && (path !== undefined || other.path === undefined));
    const items = itemsOf(rule, host, path);
    if (others.length === 0) plain.push(...items);
    else {
      number++;
      add(`host_${number}`, items, `(host_${number} and not other_${number})`);
      add(
        `other_${number}`,
        others.flatMap((other) => itemsOf(other, host, path)),
        '',
      );
    }
  }
  if (plain.length > 0) add('hosts', plain);
  if (agent !== undefined && agents.length > 0)
    add(
      'agents',
      agents.map(({ pattern }) => `${agent}|re: ${yamlText(pattern)}`),
    );
  const digest = createHash('sha256').update(`${category} ${service.id}`).digest('hex');
  const content = `title: ${yamlText(`AI service ${service.name} (${category})`)}
id: ${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-a${digest.slice(17, 20)}-${digest.slice(20, 32)}
status: experimental
description: ${yamlText(`${service.summary} Made by "halflight catalog export", catalog ${plan.version.slice(0, 12)}.`)}
author: Halflight
logsource:
    category: ${category}
detection:
${selections.join('\n')}
    condition: ${conditions.join(' or ')}
falsepositives:
    - Use that the organisation has approved
level: informational
custom:
    halflight_service: ${yamlText(service.id)}
`;
  return { name: `${category}/${service.id}.yml`, content };
}

/** The other rule is more specific, may match where this one does, and says something else. */
function hides(other: PlanRule, rule: PlanRule): boolean {
  if (other.service === rule.service && !other.silent) return false;
  const lies = other.tail === rule.tail || other.tail.endsWith(`.${rule.tail}`) || rule.tail.endsWith(`.${other.tail}`);
  return lies && rule.kind !== 'exact' && other.rule > rule.rule && !(other.weak && rule.path !== undefined);
}

function itemsOf(rule: PlanRule, host: string, path: string | undefined): string[] {
  const pathTest =
    rule.pathPattern === '' || path === undefined ? '' : `\n          ${path}|re|i: ${yamlText(rule.pathPattern)}`;
  if (rule.kind === 'wildcard') return [`${host}|re: ${yamlText(rule.hostPattern)}${pathTest}`];
  if (rule.kind === 'exact') return [`${host}: ${sigmaText(rule.tail)}${pathTest}`];
  if (pathTest !== '') return [`${host}|re: ${yamlText(`^(.+[.])?${literalPattern(rule.tail)}$`)}${pathTest}`];
  return [`${host}: ${sigmaText(rule.tail)}`, `${host}|endswith: ${sigmaText(`.${rule.tail}`)}`];
}
