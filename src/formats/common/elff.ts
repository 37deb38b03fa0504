import type { Action } from '../../core/event.js';
import { type FormatContext, type Outcome, type Reader, reject, type Skip, skip } from '../../core/format.js';
import { canonicalIp } from '../../core/host.js';
import type { Check, Judge, TableLayout } from '../../core/layout.js';
import { unwrapSyslog } from '../../core/syslog.js';
import { decodeUri, known, whole } from '../../core/text.js';
import { parseClf, parseCtime, parseEpoch, parseIso } from '../../core/time.js';
import { splitHostPort } from '../../core/url.js';
import { names } from './elff-names.js';
import { splitFields } from './elff-split.js';
import { httpStatus } from './squid-codes.js';
import { verdict } from './verdict.js';

/** Exceptions of SGOS that mean that policy, not the network, ended the request. */
const refusing = /denied|authenti|authoriz|unlicensed|spoof|virus|malware|bad_credentials/;

/** Codes of ISA and TMG in place of the HTTP status: denied by a rule, port not allowed, not signed in, denied by the HTTP filter. */
const refusedByIsa = /^12(?:202|204|209|217)$/;

/** The reader of W3C logs; `presets`: orders of fields to choose from as long as no `#Fields` line was seen. */
export function createElffReader(context: FormatContext, presets: readonly (readonly string[])[] = []): Reader {
  let columns: Map<string, number> | undefined;
  let width = 0;
  /** Made anew where a header may have changed it. */
  let layout: TableLayout | undefined;
  let tabbed = false;
  let software = '';
  let zone = 'UTC'; // the draft says GMT, and so do its writers
  /** `#Date:` for lines without a date: it goes on when the time of day jumps back. */
  let day: { midnight: number; last: number } | undefined;

  return {
    layout: () => layout,
    state: () =>
      columns === undefined || columns.has('date')
        ? JSON.stringify([columns && [...columns], width, tabbed, software, zone])
        : undefined,
    read(text) {
      const { message, time } = unwrapSyslog(text);
      if (message.startsWith('#')) return directive(message);
      let fields: string[];
      let index = columns;
      if (index === undefined) {
        fields = splitFields(message, message.includes('\t'));
        index = presetFor(fields);
        if (index === undefined)
          return reject(presets.length === 0 ? 'no #Fields line before this record' : 'not a line of the main format');
      } else {
        fields = splitFields(message, tabbed && message.includes('\t'));
        // Some headers are separated by blanks and their records by tabs.
        if (!tabbed && message.includes('\t')) {
          const byTab = splitFields(message, true);
          if (byTab.length * 2 >= index.size) fields = byTab;
        }
      }
      if (fields.length * 2 < index.size) return reject('fewer than half of the fields');
      return record(fields, index, () => time?.(context.zone, context.modified));
    },
  };

  function directive(line: string): Skip {
    const m = /^#\s{0,8}([A-Za-z -]{1,32}):(.*)$/s.exec(line);
    const [name, value] = [m?.[1]?.trim().toLowerCase(), m?.[2] ?? ''];
    if (name === 'fields') {
      tabbed = value.trim().includes('\t');
      const list = value.trim().split(/\s+/);
      columns = new Map();
      for (const [i, field] of list.entries()) {
        const key = field.toLowerCase().replace(/^"|"$/g, '');
        if (!columns.has(key)) columns.set(key, i);
      }
      width = list.length;
      layout = layoutOf(columns, width, tabbed);
    } else if (name === 'software') software = value.trim().toLowerCase();
    else if (name === 'time format') zone = value.trim().toLowerCase() === 'local' ? context.zone : 'UTC';
    else if (name === 'date' || name === 'start-date') {
      const instant = parseIso(value, 'UTC') ?? parseCtime(value, 'UTC'); // the draft's own example is of 12-Jan-1996
      if (instant !== undefined) {
        const midnight = Math.floor(instant / 86_400_000) * 86_400_000;
        day = { midnight, last: instant - midnight };
      }
    }
    return skip('header line');
  }

  function presetFor(fields: readonly string[]): Map<string, number> | undefined {
    for (const preset of presets) {
      const at = (name: string): string => fields[preset.indexOf(name)] ?? '';
      const whenAndWho = /^\d{4}-\d{2}-\d{2}$/.test(at('date')) && /^\d{2}:\d{2}:\d{2}/.test(at('time'));
      const bytes = `${at('sc-bytes')}${at('cs-bytes')}`;
      const verdicts = /^(\d{1,3}|-)$/.test(at('sc-status')) && /^([A-Z_]+|-)$/.test(at('s-action'));
      if (whenAndWho && verdicts && /^[\d-]*$/.test(bytes)) return new Map(preset.map((name, i) => [name, i]));
    }
    return undefined;
  }

  function record(
    fields: readonly string[],
    index: ReadonlyMap<string, number>,
    headerTime: () => number | undefined,
  ): Outcome {
    const one = (name: string): string | undefined => {
      const i = index.get(name);
      return i === undefined ? undefined : known(fields[i]);
    };
    const first = (list: readonly string[]): string | undefined => {
      for (const name of list) {
        const value = one(name);
        if (value !== undefined) return value;
      }
      return undefined;
    };
    const time = timeOf(one, first);
    if (time === 'broken') return reject('date or time cannot be read');
    // SGOS, too, can name its site, but only IIS is the server itself.
    const site = index.has('s-sitename') && !index.has('s-action');
    const iis = software.includes('internet information') || index.has('sc-win32-status') || site;
    const stem = first(names.stem);
    const stemIsUrl = stem !== undefined && !stem.startsWith('/') && (stem.includes('://') || /^[^/]+:\d+$/.test(stem));
    const named = splitHostPort(first(names.host) ?? '');
    const method = first(names.method);
    const app = first(names.app);
    const status = httpStatus(first(names.status));
    const device = first(names.device);
    return {
      kind: 'web',
      action: actionOf(one, first, status),
      time: time ?? headerTime(),
      user: userOf(one, first),
      device: device !== undefined && canonicalIp(device) === undefined ? device : undefined,
      src_ip: first(names.client),
      dst_ip: destination(one, iis ? one('s-ip') : undefined),
      host: named.host,
      port: whole(first(names.port)) ?? named.port ?? (iis ? whole(one('s-port')) : undefined),
      url: first(names.url) ?? (stemIsUrl ? stem : undefined),
      path: stem?.startsWith('/') ? stem.replace(/[?#].*$/s, '') : undefined,
      method: method?.toLowerCase() === 'unknown' ? undefined : method,
      status,
      bytes_in: whole(first(names.received)),
      bytes_out: whole(first(names.sent)),
      user_agent: agentOf(first(names.agent), iis),
      app: app?.toLowerCase() === 'none' ? undefined : app,
      event_id: first(names.id),
    };
  }

  type One = (name: string) => string | undefined;
  type First = (list: readonly string[]) => string | undefined;

  function timeOf(one: One, first: First): number | undefined | 'broken' {
    const [date, time] = [one('date'), one('time')];
    if (date !== undefined) return parseIso(time === undefined ? date : `${date} ${time}`, zone) ?? 'broken';
    const stamp = one('gmttime') ?? one('localtime');
    if (stamp !== undefined) return parseStamp(stamp, one('gmttime') === undefined ? context.zone : 'UTC') ?? 'broken';
    const instant = first(names.instant);
    if (instant !== undefined) return parseEpoch(instant) ?? parseIso(instant, zone) ?? 'broken';
    if (time === undefined) return undefined;
    const clock = parseIso(`1970-01-01 ${time}`, 'UTC');
    if (clock === undefined) return parseIso(time, zone) ?? 'broken';
    if (day === undefined) return undefined;
    if (clock + 43_200_000 < day.last) day.midnight += 86_400_000;
    day.last = clock;
    return day.midnight + clock;
  }

  function userOf(one: One, first: First): string | undefined {
    const user = first(names.user);
    // ISA and TMG write `anonymous` where nobody had to sign in.
    if (user !== undefined) return /isa|tmg|forefront/.test(software) && user === 'anonymous' ? undefined : user;
    const either = one('x-cs-username-or-ip');
    return either === undefined || canonicalIp(either) !== undefined ? undefined : either;
  }
}

const isDate: Judge = (word) => /^\d{4}-\d{2}-\d{2}$/.test(word) && parseIso(`${word} 00:00:00`, 'UTC') !== undefined;

/** Rows with all columns that begin with a whole date or time: such a record is an event, whatever the other fields say. */
function layoutOf(columns: ReadonlyMap<string, number>, width: number, tabbed: boolean): TableLayout | undefined {
  const [date, time] = [columns.get('date'), columns.get('time')];
  // A record that begins otherwise may begin with a syslog header.
  if (date === undefined || (date !== 0 && time !== 0)) return undefined;
  const all = (list: readonly string[], check: (field: number) => Check): Check[] =>
    list.flatMap((name) => columns.get(name) ?? []).map(check);
  const checks: Check[] = [
    { do: 'word', field: date, judge: isDate },
    ...(time === undefined ? [] : [{ do: 'clock', field: time } as const]),
    ...all(names.host, (field) => ({ do: 'host', field })),
    ...all([...names.url, ...names.stem], (field) => ({ do: 'url', field })),
    ...all(names.agent, (field) => ({ do: 'agent', field })),
  ];
  return { by: tabbed ? 'tabs, quotes' : 'blanks, quotes', rows: [{ min: width, max: width, checks }] };
}

/** The address that was connected to; the supplier's is that of another proxy unless the hierarchy says DIRECT. */
function destination(one: (name: string) => string | undefined, server: string | undefined): string | undefined {
  const direct = (one('s-hierarchy') ?? 'DIRECT').includes('DIRECT');
  const suppliers = direct ? ['r-supplier-ip', 's-supplier-ip'] : [];
  for (const name of ['r-ip', 'dst-ip', 'x-sr-dst-ip', 'x-cs-dst-ip', 'cs-uri-address', ...suppliers, 'destination']) {
    const value = one(name);
    if (value !== undefined) return value;
  }
  return server;
}

function actionOf(
  one: (name: string) => string | undefined,
  first: (list: readonly string[]) => string | undefined,
  status: number | undefined,
): Action {
  const cache = one('s-action');
  // Gateways other than SGOS, whose codes say how the cache was used, write their decision here.
  const word = cache === undefined || /^(?:TCP|UDP)_|^FAILED$/.test(cache) ? undefined : cache;
  const decided = verdict(first(names.decision) ?? word);
  if (decided === 'blocked' || status === 407 || cache?.includes('DENIED')) return 'blocked';
  if (refusing.test(one('x-exception-id') ?? '') || refusedByIsa.test(first(names.status) ?? '')) return 'blocked';
  return decided ?? (status !== undefined || cache !== undefined ? 'allowed' : 'unknown');
}

/** IIS writes `+` for a blank; others write `%20` where they do not quote. */
function agentOf(agent: string | undefined, iis: boolean): string | undefined {
  if (agent === undefined || agent.includes(' ')) return agent;
  if (agent.includes('%20')) return decodeUri(agent);
  return iis ? agent.replaceAll('+', ' ') : agent;
}

/** `[22/Nov/2026:10:00:00 +0100]`, or with the month as a number. */
function parseStamp(text: string, zone: string): number | undefined {
  const m = /^\[?(\d{1,2})\/(\d{1,2})\/(\d{4}):(\d{2}:\d{2}:\d{2})\s*([^\]]{0,10})\]?$/.exec(text);
  return m ? parseIso(`${m[3]}-${m[2]}-${m[1]} ${m[4]}${m[5]}`, zone) : parseClf(text, zone);
}
