import { noHost } from '../../../../core/url.js';
import { sending, uploadBytes } from '../../../../detectors/common/detector.js';
import { localAccounts, nobody } from '../../../../people/logged-user.js';
import type { CatalogExportOptions, ColumnKey } from '../export.js';
import type { Plan } from '../plan.js';
import { rollupMark } from '../rollup.js';
import { type Dialect, tableName } from './dialect.js';

/**
 * The query that rolls a table of logs up, in steps that say what they do. It reads like `scan`: canonicalHost and splitUrl
 * (src/core), TargetIndex.find (src/catalog) and the detectors for hosts, paths and user agents. The logs are matched as sets: what
 * is looked up are the different hosts, the different paths of hosts that have rules for paths, and the different user agents.
 */
export function rollupQuery(dialect: Dialect, plan: Plan, options: CatalogExportOptions): string {
  const { text, asText, trim, matches, extract, without } = dialect;
  const rules = tableName(dialect, options.prefix, 'rules');
  const agents = tableName(dialect, options.prefix, 'agents');
  const column = (key: ColumnKey): string | undefined => {
    const name = options.columns[key];
    return name === undefined ? undefined : `t.${dialect.name(name)}`;
  };
  const list = (values: Iterable<string>): string => [...values].map(text).join(', ');
  /** A column as text; NULL for what logs write where they know nothing. */
  const known = (key: ColumnKey): string => {
    const name = column(key);
    if (name === undefined || (options.kind === 'dns' && key !== 'time' && !dnsKeys.has(key))) return dialect.nothing;
    const trimmed = trim(key === 'src_ip' ? dialect.address(name) : asText(name));
    return ['', '-', '""', '(empty)'].reduce((value, nothing) => `NULLIF(${value}, ${text(nothing)})`, trimmed);
  };
  const bytes = (key: ColumnKey): string => {
    const name = column(key);
    return name === undefined || options.kind === 'dns' ? '0' : `COALESCE(${dialect.whole(name)}, 0)`;
  };
  const time = column('time');
  const at = time === undefined ? undefined : dialect.instant(time, options.timeType);
  const lines = (...parts: readonly string[]): string => parts.map((part) => `    ${part}`).join(',\n');

  // `chrome://x` and `mailto:x` name no host; `host:443` does.
  const scheme = text('^([A-Za-z][A-Za-z0-9+.-]*)://');
  const opaque =
    `(NOT ${matches('r.url', text('^([A-Za-z][A-Za-z0-9+.-]*:)?/'))}` +
    ` AND ${matches('r.url', text('^[A-Za-z][A-Za-z0-9+.-]*:'))}` +
    ` AND NOT ${matches('r.url', text('^[A-Za-z][A-Za-z0-9+.-]*:[0-9]{1,5}([/?#]|$)'))})`;
  const hostless = `COALESCE(${matches(`LOWER(${extract('r.url', scheme)})`, text(noHost.source.replaceAll('(?:', '(')))}, FALSE)`;
  const bare = (url: string): string => without(url, text('^([A-Za-z][A-Za-z0-9+.-]*:)?//'));
  const authority = (rest: string): string => extract(rest, text('^([^/?#\\\\]*)'));
  const named = (rest: string): string => `LOWER(${trim(without(without(rest, text('^.*@')), text(':[0-9]{0,5}$')))})`;
  /** Wide and composed forms, the ideographic full stop, encodings; no dots at the end. */
  const canonical = (host: string): string =>
    without(`REPLACE(${dialect.nfkc(`LOWER(${dialect.decoded(host)})`)}, '\u3002', '.')`, text('[.]+$'));
  const valid = (host: string): string =>
    `CASE WHEN ${host} <> '' AND LENGTH(${host}) <= 253` +
    ` AND NOT ${matches(host, text(`[ -,/:-^\`{-~${dialect.control}]|^[.-]|[.][.]`))} THEN ${host} END`;

  const webStrength = `CASE WHEN m.bytes_out >= ${uploadBytes} THEN 'transfer' ELSE 'visit' END`;
  const strength =
    options.kind === 'dns'
      ? "'contact'"
      : `CASE WHEN s.role = 'api' OR m.bytes_out >= ${uploadBytes} OR (s.role = 'data' AND UPPER(m.method) IN (${list(sending)}))` +
        " THEN 'transfer' ELSE 'visit' END";
  const agentStrength = options.kind === 'dns' ? "'contact'" : webStrength;
  const carried = ['day', 'seen', 'actor_kind', 'actor', 'blocked', 'bytes_out', 'bytes_in'].map((name) => `m.${name}`);
  const tails = Array.from(
    { length: plan.labels },
    (_, n) => `WHEN ${n + 1} THEN ${extract('h.host', text(`([^.]+${'[.][^.]+'.repeat(n)})$`))}`,
  );

  return `WITH
-- the columns, trimmed; what logs write for nothing is NULL
raw AS (
  SELECT
${lines(
  `${at ?? dialect.nothing} AS seen`,
  `${known('user')} AS user_name`,
  `${known('device')} AS device`,
  `${known('src_ip')} AS src_ip`,
  `${known('host')} AS host`,
  `${known('url')} AS url`,
  `${known('path')} AS path`,
  `${known('method')} AS method`,
  `${known('user_agent')} AS user_agent`,
  `CASE WHEN LOWER(${known('action')}) IN (${list(options.blocked)}) THEN 1 ELSE 0 END AS blocked`,
  `${bytes('bytes_out')} AS bytes_out`,
  `${bytes('bytes_in')} AS bytes_in`,
)}
  FROM ${tableName(dialect, options.table)} t
),
-- URLs without scheme; those of files, browsers and extensions, and names without a host, are none
bared AS (
  SELECT
${lines(
  'r.seen, r.user_name, r.device, r.src_ip, r.path, r.method, r.user_agent, r.blocked, r.bytes_out, r.bytes_in',
  `CASE WHEN r.host LIKE '%//%' THEN ${authority(bare('r.host'))} ELSE r.host END AS host`,
  `CASE WHEN r.url IS NULL OR ${hostless} OR ${opaque} THEN NULL ELSE ${bare('r.url')} END AS rest`,
)}
  FROM raw r
),
-- host names without user information and port, lower case
named AS (
  SELECT
${lines(
  'b.seen, b.user_name, b.device, b.src_ip, b.method, b.user_agent, b.blocked, b.bytes_out, b.bytes_in',
  `${canonical(named('b.host'))} AS host`,
  `${canonical(named(authority('b.rest')))} AS url_host`,
  `COALESCE(b.path, ${extract('b.rest', text('^[^/?#\\\\]*(/[^?#]*)'))}, '') AS path`,
)}
  FROM bared b
),
-- in canonical form; who, where the record names somebody
canonical AS (
  SELECT
${lines(
  'n.seen, n.device, n.src_ip, n.path, n.method, n.user_agent, n.blocked, n.bytes_out, n.bytes_in',
  `CASE WHEN ${nobodyThere(dialect, list)} THEN NULL ELSE n.user_name END AS user_name`,
  `${canonical('n.host')} AS host`,
  `${canonical('n.url_host')} AS url_host`,
)}
  FROM named n
),
events AS${dialect.materialized} (
  SELECT
${lines(
  `${at === undefined ? "''" : `COALESCE(${dialect.day('c.seen', text(options.timezone))}, '')`} AS day`,
  'c.seen',
  `CASE WHEN c.user_name IS NOT NULL THEN 'user' WHEN c.device IS NOT NULL THEN 'device' WHEN c.src_ip IS NOT NULL THEN 'address' ELSE 'unknown' END AS actor_kind`,
  // A line break would end the row of a CSV file.
  `${without("COALESCE(c.user_name, c.device, c.src_ip, '')", text(`[${dialect.control}]`))} AS actor`,
  `COALESCE(${valid('c.host')}, ${valid('c.url_host')}) AS host`,
  'LOWER(c.path) AS path',
  'c.method, c.user_agent, c.blocked, c.bytes_out, c.bytes_in',
)}
  FROM canonical c
),
hosts AS (
  SELECT DISTINCT e.host FROM events e WHERE e.host IS NOT NULL
),
-- the names that each host is or lies under
tails AS (
  SELECT h.host, CASE l.labels ${tails.join('\n      ')} END AS tail
  FROM hosts h CROSS JOIN (${Array.from({ length: plan.labels }, (_, n) => `SELECT ${n + 1}${n === 0 ? ' AS labels' : ''}`).join(' UNION ALL ')}) l
),
reach AS${dialect.materialized} (
  SELECT t.host, s.rule, s.path_pattern
  FROM tails t JOIN ${rules} s ON s.tail = t.tail
  WHERE s.kind = 'suffix' OR (s.kind = 'exact' AND s.tail = t.host) OR (s.kind = 'wildcard' AND ${matches('t.host', 's.host_pattern')})
),
host_rule AS (
  SELECT c.host, MAX(c.rule) AS rule FROM reach c WHERE c.path_pattern = '' GROUP BY c.host
),
path_rule AS (
  SELECT p.host, p.path, MAX(c.rule) AS rule
  FROM (
    SELECT DISTINCT e.host, e.path FROM events e
    WHERE e.path <> '' AND e.host IN (SELECT c.host FROM reach c WHERE c.path_pattern <> '')
  ) p
  JOIN reach c ON c.host = p.host
  WHERE c.path_pattern <> '' AND ${matches('p.path', 'c.path_pattern')}
  GROUP BY p.host, p.path
),
agent_service AS${dialect.materialized} (
  SELECT u.user_agent, g.service, MAX(g.confidence) AS confidence
  FROM (SELECT DISTINCT e.user_agent FROM events e WHERE e.user_agent IS NOT NULL) u CROSS JOIN ${agents} g
  WHERE ${matches('u.user_agent', 'g.pattern')}
  GROUP BY u.user_agent, g.service
),
-- the more specific rule of host and path; a path always goes before a weak host
matched AS${dialect.materialized} (
  SELECT
${lines(
  'e.day, e.seen, e.actor_kind, e.actor, e.method, e.user_agent, e.blocked, e.bytes_out, e.bytes_in',
  `CASE WHEN p.rule IS NOT NULL AND (h.rule IS NULL OR p.rule > h.rule OR w.weak = 1) THEN p.rule ELSE h.rule END AS rule`,
)}
  FROM events e
  LEFT JOIN host_rule h ON h.host = e.host
  LEFT JOIN ${rules} w ON w.rule = h.rule
  LEFT JOIN path_rule p ON p.host = e.host AND p.path = e.path
  WHERE h.rule IS NOT NULL OR p.rule IS NOT NULL OR e.user_agent IN (SELECT a.user_agent FROM agent_service a)
),
-- one hit for each service of a request; a user agent that is surer than the host decides
hits AS (
  SELECT
${lines(
  ...carried,
  's.service AS service, s.account AS account_kind',
  'CASE WHEN a.confidence > s.confidence THEN a.confidence ELSE s.confidence END AS confidence',
  `CASE WHEN a.confidence > s.confidence THEN ${agentStrength} ELSE ${strength} END AS strength`,
)}
  FROM matched m
  JOIN ${rules} s ON s.rule = m.rule
  LEFT JOIN agent_service a ON a.user_agent = m.user_agent AND a.service = s.service
  WHERE s.silent = 0
  UNION ALL
  SELECT
${lines(...carried, "a.service, 'unknown', a.confidence", agentStrength)}
  FROM matched m
  JOIN agent_service a ON a.user_agent = m.user_agent
  LEFT JOIN ${rules} s ON s.rule = m.rule
  WHERE s.rule IS NULL OR s.silent = 1 OR s.service <> a.service
)
SELECT
${lines(
  `${text(rollupMark(plan.version))} AS halflight_rollup`,
  'x.day AS day, x.service AS service, x.actor_kind AS actor_kind, x.actor AS actor, x.account_kind AS account_kind, x.strength AS strength',
  "CASE MAX(x.confidence) WHEN 3 THEN 'high' WHEN 2 THEN 'medium' ELSE 'low' END AS confidence",
  'SUM(1 - x.blocked) AS events',
  'SUM(x.blocked) AS attempts',
  'SUM(CASE WHEN x.blocked = 0 THEN x.bytes_out ELSE 0 END) AS bytes_out',
  'SUM(CASE WHEN x.blocked = 0 THEN x.bytes_in ELSE 0 END) AS bytes_in',
  `${at === undefined ? "''" : dialect.stamp('MIN(x.seen)')} AS first_seen`,
  `${at === undefined ? "''" : dialect.stamp('MAX(x.seen)')} AS last_seen`,
)}
FROM hits x
GROUP BY x.day, x.service, x.actor_kind, x.actor, x.account_kind, x.strength
ORDER BY 2, 3, 4, 5, 6, 7${dialect.ending}`;
}

/** What a look-up of a name can tell. */
const dnsKeys: ReadonlySet<ColumnKey> = new Set(['user', 'device', 'src_ip', 'host', 'action']);

/** The record names a user who is none: a word for nobody, an account that every machine has. */
function nobodyThere({ text, matches }: Dialect, list: (values: Iterable<string>) => string): string {
  const names = list([...nobody, ...localAccounts]);
  const local = matches('LOWER(n.user_name)', text('^nt ?(authority|service)[\\\\/]'));
  return `LOWER(n.user_name) IN (${names}) OR ${local}`;
}
