import { suricataContent, suricataEntry, suricataMessage } from './common/escape.js';
import { type CatalogExport, ownColumns } from './common/export.js';
import type { PlanRule } from './common/plan.js';

const buffers = [
  { app: 'dns', buffer: 'dns.query' },
  { app: 'tls', buffer: 'tls.sni' },
  { app: 'http', buffer: 'http.host' },
] as const;

/** First id of the rules: the range for local use begins at 1,000,000. */
const firstId = 1_700_000;

/**
 * A data set of whole names, and rules for names below a host. Source: docs.suricata.io, "Datasets" (type string: one Base64 text a
 * line), "Transformations" (dotprefix), "DNS, TLS and HTTP keywords", "Meta keywords". Suricata lowers the case of these buffers or
 * compares without it (nocase). It alerts and does not count.
 * Paths, wildcards, weak and telemetry hosts do not fit: a telemetry host below a service's host alerts like any other name there.
 */
export const catalogExport: CatalogExport = {
  title: 'Suricata',
  summary: 'a data set of whole names, and rules for the names below them',
  table: '',
  columns: ownColumns,
  rollUp: false,
  write(plan) {
    const rules = plan.rules.filter((rule) => rule.kind !== 'wildcard' && rule.path === undefined && !rule.silent);
    const entries = [...new Set(rules.map(({ tail }) => suricataEntry(tail)))].sort();
    let id = firstId;
    const whole = buffers.map(
      ({ app, buffer }) =>
        `alert ${app} $HOME_NET any -> any any (msg:"Halflight AI service"; ${buffer}; to_lowercase; dataset:isset,halflight-hosts,type string,load halflight-hosts.lst; sid:${id++}; rev:1;)`,
    );
    const below = rules
      .filter(({ kind }) => kind === 'suffix')
      .flatMap((rule) => buffers.map(({ app, buffer }) => suffixRule(rule, app, buffer, id++)));
    return [
      { name: 'halflight-hosts.lst', content: `${entries.join('\n')}\n` },
      { name: 'halflight.rules', content: `${[...whole, ...below].join('\n')}\n` },
    ];
  },
};

const suffixRule = (rule: PlanRule, app: string, buffer: string, id: number): string =>
  `alert ${app} $HOME_NET any -> any any (msg:${suricataMessage(`Halflight AI service ${rule.service.name}, below ${rule.tail}`)}; ` +
  `${buffer}; to_lowercase; content:${suricataContent(`.${rule.tail}`)}; endswith; metadata:halflight_service ${rule.service.id}; sid:${id}; rev:1;)`;
