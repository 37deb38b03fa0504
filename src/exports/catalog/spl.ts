import { noHost } from '../../core/url.js';
import { sending, uploadBytes } from '../../detectors/common/detector.js';
import { localAccounts, nobody } from '../../people/logged-user.js';
import { commentText, splField, splText } from './common/escape.js';
import type { CatalogExport, CatalogExportOptions, ColumnKey } from './common/export.js';
import { csvFile } from './common/lookup.js';
import { confidenceRank, type Plan, type PlanRule } from './common/plan.js';
import { rollupMark } from './common/rollup.js';

/**
 * Splunk 8.1 and later, fields of the CIM data models Web and Network Resolution. Source: Splunk Search Reference (lookup, eval's
 * multivalue functions mvmap, mvsort, mvappend, mvindex; match, replace, urldecode) and transforms.conf (max_matches).
 */
export const catalogExport: CatalogExport = {
  title: 'SPL',
  summary: 'a lookup file of signatures, its definition, and a roll-up search for Splunk',
  table: 'proxy',
  columns: {
    web: {
      time: '_time',
      user: 'user',
      src_ip: 'src',
      host: 'url_domain',
      url: 'url',
      method: 'http_method',
      user_agent: 'http_user_agent',
      action: 'action',
      bytes_out: 'bytes_out',
      bytes_in: 'bytes_in',
    },
    dns: { time: '_time', user: 'user', src_ip: 'src', host: 'query', action: 'action' },
  },
  rollUp: true,
  write(plan, options) {
    const lookup = `${options.prefix.replace(/[^A-Za-z0-9_-]/g, '_')}rules`;
    return [
      csvFile(
        `${lookup}.csv`,
        ['tail', 'packed'],
        plan.rules.map((rule) => [rule.tail, packed(rule)]),
      ),
      {
        name: 'transforms.conf',
        content: `[${lookup}]\nfilename = ${lookup}.csv\ncase_sensitive_match = true\nmax_matches = 1000\n`,
      },
      { name: 'rollup.spl', content: search(plan, options, lookup) },
    ];
  },
};

/** A rule as one word list, the number first and of fixed width, so that sorted as text the most specific is last. */
const packed = (rule: PlanRule): string =>
  [
    String(rule.rule).padStart(7, '0'),
    rule.kind,
    rule.tail,
    rule.hostPattern || '-',
    rule.pathPattern || '-',
    rule.service.id,
    rule.role,
    rule.account,
    String(confidenceRank(rule.confidence)),
    rule.weak ? '1' : '0',
    rule.silent ? '1' : '0',
  ].join(' ');
const fields = [
  'rule',
  'kind',
  'tail',
  'hostPattern',
  'pathPattern',
  'service',
  'role',
  'account',
  'confidence',
  'weak',
  'silent',
] as const;
const part = (list: string, name: (typeof fields)[number]): string =>
  `mvindex(split(${list}, " "), ${fields.indexOf(name)})`;

function search(plan: Plan, options: CatalogExportOptions, lookup: string): string {
  const web = options.kind === 'web';
  const text = (key: ColumnKey): string => {
    const name = options.columns[key];
    if (name === undefined || (!web && ['url', 'path', 'user_agent', 'method'].includes(key))) return 'null()';
    const value = `trim(mvindex(${splField(name)}, 0))`;
    return `if(in(${value}, "", "-", "(empty)"), null(), ${value})`;
  };
  const bytes = (key: ColumnKey): string => {
    const name = options.columns[key];
    return name === undefined || !web
      ? '0'
      : `if(match(${splField(name)}, "^[0-9]{1,15}$"), tonumber(${splField(name)}), 0)`;
  };
  const time = options.columns.time;
  const scale = options.timeType === 'epoch-ms' ? ' / 1000' : '';
  const list = (values: Iterable<string>): string => [...values].map(splText).join(', ');
  const re = splText;
  const bare = (value: string): string => `replace(${value}, ${re('^([A-Za-z][A-Za-z0-9+.-]*:)?//')}, "")`;
  const authority = (value: string): string => `replace(${value}, ${re('[/?#\\\\].*$')}, "")`;
  const host = (value: string): string =>
    `replace(lower(urldecode(lower(trim(replace(replace(${value}, ${re('^.*@')}, ""), ${re(':[0-9]{0,5}$')}, ""))))), ${re('[.]+$')}, "")`;
  // A backtick would begin a macro.
  const valid = (value: string): string =>
    `if(${value} != "" AND len(${value}) <= 253 AND NOT match(${value}, ${re('[ -,/:-^\\x60{-~[:cntrl:]]|^[.-]|[.][.]')}), ${value}, null())`;
  const tails = Array.from({ length: plan.labels }, (_, n) => `mvjoin(mvindex(hl_labels, -${n + 1}, -1), ".")`);
  const agentStrength = web ? `if(hl_out >= ${uploadBytes}, "transfer", "visit")` : '"contact"';
  const strength = web
    ? `if(${part('hl_rule', 'role')} == "api" OR hl_out >= ${uploadBytes} OR (${part('hl_rule', 'role')} == "data" AND in(upper(hl_method), ${list(sending)})), "transfer", "visit")`
    : '"contact"';
  const agents = plan.agents.map(
    (agent) =>
      `if(match(hl_agent, ${re(agent.pattern)}), ${splText(`${agent.service.id} ${confidenceRank(agent.confidence)}`)}, null())`,
  );
  const steps = [
    `eval hl_time = ${time === undefined ? 'null()' : `${splField(time)}${scale}`}, hl_user = ${text('user')}, hl_device = ${text('device')}, hl_src = ${text('src_ip')}, hl_named = ${text('host')}, hl_url = ${text('url')}, hl_path = ${text('path')}, hl_method = ${text('method')}, hl_agent = ${text('user_agent')}, hl_blocked = if(in(lower(${text('action')}), ${list(options.blocked)}), 1, 0), hl_out = ${bytes('bytes_out')}, hl_in = ${bytes('bytes_in')}`,
    // URLs without scheme; those of files, browsers and extensions, and names without a host, are none.
    `eval hl_rest = case(match(lower(hl_url), ${re(`^${noHost.source.slice(1, -1).replaceAll('(?:', '(')}://`)}), null(), NOT match(hl_url, ${re('^([A-Za-z][A-Za-z0-9+.-]*:)?/')}) AND match(hl_url, ${re('^[A-Za-z][A-Za-z0-9+.-]*:')}) AND NOT match(hl_url, ${re('^[A-Za-z][A-Za-z0-9+.-]*:[0-9]{1,5}([/?#]|$)')}), null(), true(), ${bare('hl_url')})`,
    `eval hl_named = ${host(`if(like(hl_named, "%//%"), ${authority(bare('hl_named'))}, hl_named)`)}, hl_from_url = ${host(authority('hl_rest'))}`,
    `eval hl_host = coalesce(${valid('hl_named')}, ${valid('hl_from_url')}), hl_path = lower(coalesce(hl_path, if(match(hl_rest, ${re('^[^/?#\\\\]*/')}), replace(hl_rest, ${re('^[^/?#\\\\]*(/[^?#]*).*$')}, ${splText('\\1')}), "")))`,
    `eval hl_labels = split(hl_host, "."), hl_tails = mvdedup(mvappend(${tails.join(', ')}))`,
    `lookup ${lookup} tail AS hl_tails OUTPUT packed AS hl_rules`,
    `eval hl_rules = mvmap(hl_rules, if(${part('hl_rules', 'kind')} == "suffix" OR (${part('hl_rules', 'kind')} == "exact" AND ${part('hl_rules', 'tail')} == hl_host) OR (${part('hl_rules', 'kind')} == "wildcard" AND match(hl_host, ${part('hl_rules', 'hostPattern')})), hl_rules, null()))`,
    `eval hl_host_rule = mvindex(mvsort(mvmap(hl_rules, if(${part('hl_rules', 'pathPattern')} == "-", hl_rules, null()))), -1), hl_path_rule = mvindex(mvsort(mvmap(hl_rules, if(${part('hl_rules', 'pathPattern')} != "-" AND match(hl_path, ${part('hl_rules', 'pathPattern')}), hl_rules, null()))), -1)`,
    // The more specific rule of host and path; a path always goes before a weak host.
    `eval hl_rule = case(isnull(hl_path_rule), hl_host_rule, isnull(hl_host_rule), hl_path_rule, hl_path_rule > hl_host_rule OR ${part('hl_host_rule', 'weak')} == "1", hl_path_rule, true(), hl_host_rule)`,
    `eval hl_service = if(${part('hl_rule', 'silent')} == "0", ${part('hl_rule', 'service')}, null()), hl_sure = tonumber(${part('hl_rule', 'confidence')})`,
    `eval hl_agents = ${web && agents.length > 0 ? `mvdedup(mvappend(${[...agents, 'null()'].join(', ')}))` : 'null()'}`,
    `eval hl_same = tonumber(mvindex(mvsort(mvmap(hl_agents, if(mvindex(split(hl_agents, " "), 0) == hl_service, mvindex(split(hl_agents, " "), 1), null()))), -1))`,
    `eval hl_hits = mvappend(if(isnull(hl_service), null(), hl_service." ".${part('hl_rule', 'account')}." ".if(hl_same > hl_sure, hl_same, hl_sure)." ".if(hl_same > hl_sure, ${agentStrength}, ${strength})), mvmap(hl_agents, if(mvindex(split(hl_agents, " "), 0) == hl_service, null(), mvindex(split(hl_agents, " "), 0)." unknown ".mvindex(split(hl_agents, " "), 1)." ".${agentStrength})))`,
    'where isnotnull(hl_hits)',
    'mvexpand hl_hits',
    `eval hl_user = if(in(lower(hl_user), ${list([...nobody, ...localAccounts])}) OR match(lower(hl_user), ${re('^nt ?(authority|service)[\\\\/]')}), null(), hl_user)`,
    `eval day = if(isnull(hl_time), "", strftime(hl_time, "%Y-%m-%d")), service = mvindex(split(hl_hits, " "), 0), account_kind = mvindex(split(hl_hits, " "), 1), hl_confidence = tonumber(mvindex(split(hl_hits, " "), 2)), strength = mvindex(split(hl_hits, " "), 3), actor_kind = case(isnotnull(hl_user), "user", isnotnull(hl_device), "device", isnotnull(hl_src), "address", true(), "unknown"), actor = replace(coalesce(hl_user, hl_device, hl_src, ""), ${re('[[:cntrl:]]')}, "")`,
    'stats max(hl_confidence) AS hl_confidence, sum(eval(1 - hl_blocked)) AS events, sum(hl_blocked) AS attempts, sum(eval(if(hl_blocked == 0, hl_out, 0))) AS bytes_out, sum(eval(if(hl_blocked == 0, hl_in, 0))) AS bytes_in, min(hl_time) AS hl_first, max(hl_time) AS hl_last BY day, service, actor_kind, actor, account_kind, strength',
    `eval halflight_rollup = ${splText(rollupMark(plan.version))}, confidence = case(hl_confidence == 3, "high", hl_confidence == 2, "medium", true(), "low"), first_seen = strftime(hl_first, "%Y-%m-%dT%H:%M:%S.%3Q%:z"), last_seen = strftime(hl_last, "%Y-%m-%dT%H:%M:%S.%3Q%:z")`,
    'table halflight_rollup day service actor_kind actor account_kind strength confidence events attempts bytes_out bytes_in first_seen last_seen',
  ];
  const note = (line: string): string => `\`\`\`${commentText(line).replaceAll('`', "'")}\`\`\``;
  return `${note(`AI use in ${options.table} by service, who and day. Made by "halflight catalog export", catalog ${plan.version.slice(0, 12)}.`)}
${note(`Days are in the time zone of the user who runs the search: set it to ${options.timezone}. Export the result as CSV for "halflight scan".`)}
search index=${splText(options.table)}
${steps.map((step) => `| ${step}`).join('\n')}
`;
}
