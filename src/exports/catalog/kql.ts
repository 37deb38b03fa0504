import { noHost } from '../../core/url.js';
import { sending, uploadBytes } from '../../detectors/common/detector.js';
import { localAccounts, nobody } from '../../people/logged-user.js';
import { commentText, kqlName, kqlText } from './common/escape.js';
import type { CatalogExport, CatalogExportOptions, ColumnKey } from './common/export.js';
import { csvFile, rulesFile } from './common/lookup.js';
import { confidenceRank, type Plan } from './common/plan.js';
import { rollupMark } from './common/rollup.js';

/**
 * Microsoft Sentinel, Log Analytics, Azure Data Explorer. Source: learn.microsoft.com/kusto/query (matches regex, extract, replace_regex,
 * datetime_utc_to_local, array_slice, mv-expand, lookup) and learn.microsoft.com/azure/sentinel/watchlists (_GetWatchlist).
 */
export const catalogExport: CatalogExport = {
  title: 'KQL',
  summary: 'watchlists of signatures and a roll-up query for Microsoft Sentinel and Azure Data Explorer',
  table: 'CommonSecurityLog',
  columns: {
    web: {
      time: 'TimeGenerated',
      user: 'SourceUserName',
      device: 'SourceHostName',
      src_ip: 'SourceIP',
      host: 'DestinationHostName',
      url: 'RequestURL',
      method: 'RequestMethod',
      user_agent: 'RequestClientApplication',
      action: 'DeviceAction',
      bytes_out: 'SentBytes',
      bytes_in: 'ReceivedBytes',
    },
    dns: { time: 'TimeGenerated', user: 'SrcUsername', src_ip: 'SrcIpAddr', host: 'DnsQuery', action: 'EventResult' },
  },
  rollUp: true,
  write(plan, options) {
    return [
      rulesFile(plan, 'rules.csv'),
      csvFile(
        'agents.csv',
        ['pattern', 'service', 'confidence'],
        plan.agents.map((agent) => [agent.pattern, agent.service.id, String(confidenceRank(agent.confidence))]),
      ),
      { name: 'rollup.kql', content: query(plan, options) },
    ];
  },
};

function query(plan: Plan, options: CatalogExportOptions): string {
  const text = (key: ColumnKey): string => {
    const name = options.columns[key];
    if (name === undefined || (options.kind === 'dns' && ['url', 'path', 'user_agent', 'method'].includes(key)))
      return '""';
    const value = `trim(${kqlText('\\s+')}, tostring(${kqlName(name)}))`;
    return `iff(${value} in ("-", "\\"\\"", "(empty)"), "", ${value})`;
  };
  const bytes = (key: ColumnKey): string => {
    const name = options.columns[key];
    return name === undefined || options.kind === 'dns' ? '0' : `coalesce(tolong(${kqlName(name)}), 0)`;
  };
  const time = options.columns.time;
  const seen =
    time === undefined
      ? 'datetime(null)'
      : options.timeType === 'timestamp'
        ? `todatetime(${kqlName(time)})`
        : `unixtime_milliseconds_todatetime(tolong(floor(todouble(${kqlName(time)})${options.timeType === 'epoch' ? ' * 1000' : ''}, 1)))`;
  const list = (values: Iterable<string>): string => [...values].map(kqlText).join(', ');
  const bare = (value: string): string => `replace_regex(${value}, ${kqlText('^([A-Za-z][A-Za-z0-9+.-]*:)?//')}, "")`;
  const authority = (value: string): string => `extract(${kqlText('^([^/?#\\\\]*)')}, 1, ${value})`;
  const host = (value: string): string =>
    `replace_regex(tolower(url_decode(tolower(trim(${kqlText('\\s+')}, replace_regex(replace_regex(${value}, ${kqlText('^.*@')}, ""), ${kqlText(':[0-9]{0,5}$')}, ""))))), ${kqlText('[.]+$')}, "")`;
  const valid = (value: string): string =>
    `iff(strlen(${value}) <= 253 and not(${value} matches regex ${kqlText('[ -,/:-^`{-~[:cntrl:]]|^[.-]|[.][.]')}), ${value}, "")`;
  const web = options.kind === 'web';
  const agentStrength = web ? `iff(bytes_out >= ${uploadBytes}, "transfer", "visit")` : '"contact"';
  const strength = web
    ? `iff(role == "api" or bytes_out >= ${uploadBytes} or (role == "data" and toupper(method) in (${list(sending)})), "transfer", "visit")`
    : '"contact"';
  const stamp = (value: string): string =>
    `iff(isnull(${value}), "", strcat(format_datetime(${value}, "yyyy-MM-dd"), "T", format_datetime(${value}, "HH:mm:ss.fff"), "Z"))`;
  const table = /^\w+$/.test(options.table) ? options.table : kqlName(options.table);
  const watchlist = (name: string): string => `_GetWatchlist(${kqlText(`${options.prefix}${name}`)})`;
  return `// AI use in ${commentText(options.table)} by service, who and day (${options.timezone}). Made by "halflight catalog export", catalog ${plan.version.slice(0, 12)}.
// Upload rules.csv and agents.csv as watchlists of these names (search keys: tail, pattern). In Azure Data Explorer ingest them as
// tables and name those instead of _GetWatchlist(...). Save the result as CSV: "halflight scan" reads it.
let rules = materialize(${watchlist('rules')}
| project rule = tolong(rule), tail = tostring(tail), match_kind = tostring(match_kind), host_pattern = tostring(host_pattern), path_pattern = tostring(path_pattern),
    service = tostring(service), role = tostring(role), account = tostring(account), confidence = tolong(confidence), weak = tolong(weak), silent = tolong(silent));
let agents = materialize(${watchlist('agents')}
| project pattern = tostring(pattern), service = tostring(service), confidence = tolong(confidence));
let events = materialize(${table}
| project seen = ${seen}, user_name = ${text('user')}, device = ${text('device')}, src_ip = ${text('src_ip')},
    named = ${text('host')}, url = ${text('url')}, own_path = ${text('path')}, method = ${text('method')}, user_agent = ${text('user_agent')},
    blocked = toint(tolower(${text('action')}) in (${list(options.blocked)})), bytes_out = ${bytes('bytes_out')}, bytes_in = ${bytes('bytes_in')}
// URLs without scheme; those of files, browsers and extensions, and names without a host, are none
| extend rest = iff(tolower(extract(${kqlText('^([A-Za-z][A-Za-z0-9+.-]*)://')}, 1, url)) matches regex ${kqlText(noHost.source.replaceAll('(?:', '('))}
    or (not(url matches regex ${kqlText('^([A-Za-z][A-Za-z0-9+.-]*:)?/')}) and url matches regex ${kqlText('^[A-Za-z][A-Za-z0-9+.-]*:')} and not(url matches regex ${kqlText('^[A-Za-z][A-Za-z0-9+.-]*:[0-9]{1,5}([/?#]|$)')})),
    "", ${bare('url')})
| extend named = ${host(`iff(named contains "//", ${authority(bare('named'))}, named)`)}, url_host = ${host(authority('rest'))}
| extend host = ${valid('named')}
| extend host = iff(isempty(host), ${valid('url_host')}, host)
| extend path = tolower(iff(isnotempty(own_path), own_path, extract(${kqlText('^[^/?#\\\\]*(/[^?#]*)')}, 1, rest)))
| extend user_name = iff(tolower(user_name) in (${list([...nobody, ...localAccounts])}) or tolower(user_name) matches regex ${kqlText('^nt ?(authority|service)[\\\\/]')}, "", user_name)
| extend actor_kind = case(isnotempty(user_name), "user", isnotempty(device), "device", isnotempty(src_ip), "address", "unknown")
| extend actor = replace_regex(case(isnotempty(user_name), user_name, isnotempty(device), device, src_ip), ${kqlText('[[:cntrl:]]')}, "")
| extend day = iff(isnull(seen), "", format_datetime(datetime_utc_to_local(seen, ${kqlText(options.timezone)}), "yyyy-MM-dd"))
| project day, seen, actor_kind, actor, host, path, method, user_agent, blocked, bytes_out, bytes_in);
// the names that each host is or lies under, and the rules filed under them
let reach = materialize(events | where isnotempty(host) | distinct host
| extend labels = split(host, ".")
| mv-expand n = range(1, ${plan.labels}) to typeof(long)
| where n <= array_length(labels)
| extend tail = strcat_array(array_slice(labels, -n, -1), ".")
| join kind=inner rules on tail
| where match_kind == "suffix" or (match_kind == "exact" and tail == host) or (match_kind == "wildcard" and host matches regex host_pattern)
| project host, rule, path_pattern, weak);
let host_rule = reach | where isempty(path_pattern) | summarize arg_max(rule, weak) by host | project host, h_rule = rule, h_weak = weak;
let path_rule = events | where isnotempty(path) | distinct host, path
| join kind=inner (reach | where isnotempty(path_pattern)) on host
| where path matches regex path_pattern
| summarize p_rule = max(rule) by host, path;
let agent_service = materialize(events | where isnotempty(user_agent) | distinct user_agent | extend one = 1
| join kind=inner (agents | extend one = 1) on one
| where user_agent matches regex pattern
| summarize a_confidence = max(confidence) by user_agent, a_service = service);
// the more specific rule of host and path; a path always goes before a weak host
let matched = materialize(events
| lookup kind=leftouter host_rule on host
| lookup kind=leftouter path_rule on host, path
| extend rule = iff(isnotnull(p_rule) and (isnull(h_rule) or p_rule > h_rule or h_weak == 1), p_rule, h_rule)
| lookup kind=leftouter (rules | project rule, service, role, account, confidence, silent) on rule
| extend service = iff(silent == 1 or isnull(silent), "", service));
let targets = matched | where isnotempty(service)
| join kind=leftouter (agent_service) on user_agent, $left.service == $right.a_service
| extend strength = iff(a_confidence > confidence, ${agentStrength}, ${strength}), account_kind = account, confidence = iff(a_confidence > confidence, a_confidence, confidence);
let tools = matched
| join kind=inner (agent_service) on user_agent
| where a_service != service
| extend service = a_service, confidence = a_confidence, account_kind = "unknown", strength = ${agentStrength};
union targets, tools
| summarize confidence = max(confidence), events = sum(1 - blocked), attempts = sum(blocked), bytes_out = sumif(bytes_out, blocked == 0), bytes_in = sumif(bytes_in, blocked == 0),
    first_time = min(seen), last_time = max(seen) by day, service, actor_kind, actor, account_kind, strength
| project halflight_rollup = ${kqlText(rollupMark(plan.version))}, day, service, actor_kind, actor, account_kind, strength,
    confidence = case(confidence == 3, "high", confidence == 2, "medium", "low"), events, attempts, bytes_out, bytes_in,
    first_seen = ${stamp('first_time')}, last_seen = ${stamp('last_time')}
| order by day asc, service asc, actor_kind asc, actor asc
`;
}
