import type { Action, EventDraft } from '../core/event.js';
import { type Format, type FormatContext, type Outcome, type Reader, reject, skip } from '../core/format.js';
import { unwrapSyslog } from '../core/syslog.js';
import { known, whole } from '../core/text.js';
import { parseEpoch } from '../core/time.js';
import { headerLine, share } from './common/detect.js';
import { createElffReader } from './common/elff.js';
import { splitFields } from './common/elff-split.js';
import { applicationName } from './common/extension.js';
import { applianceTag, cacheAction, destinationPeer, httpStatus } from './common/squid-codes.js';

// "User Guide for AsyncOS for Cisco Secure Web Appliance", access log files: Squid's native columns, then the decision tag
// (ACTION_group-policies...), the verdicts of scanning in `<...>`, and custom fields; by syslog with `Info:` before.
const native =
  /^(?:Info: )?(\d{9,10}\.\d{1,6}) +-?\d{1,15} +(\S+) +([A-Z_]+|-)\/(\d{1,3}|-) +(\d{1,15}|-) +(\S+) +(\S+) +("[^"]{0,300}"|\S+) +([A-Z_]+)\/(\S*) +(\S+)(?= |$)/;
const notMine = reject('not a line of the access log');

function open(context: FormatContext): Reader {
  const elff = createElffReader(context);
  let columns: readonly string[] | undefined;
  return {
    state: () => elff.state?.(),
    read(text) {
      const { message } = unwrapSyslog(text);
      // The usual columns of W3C are in the native order, but its header knows of those behind.
      const line = columns === undefined ? readNative(message) : undefined;
      if (line !== undefined) return line;
      const header = /^#\s?fields:(.*)$/i.exec(message);
      if (header?.[1] !== undefined) columns = header[1].trim().toLowerCase().split(/\s+/);
      if (/^Info: [A-Z]/.test(message)) return skip('message about the log itself');
      if (columns === undefined && !message.startsWith('#')) return notMine;
      const outcome = elff.read(text);
      return 'kind' in outcome && columns !== undefined ? withCodes(outcome, columns, message) : outcome;
    },
  };
}

function readNative(message: string): EventDraft | undefined {
  const found = native.exec(message);
  if (found === null) return undefined;
  const [, stamp = '', client, cache = '', code, size, method, url, user = '', hierarchy = '', peer = ''] = found;
  const rest = message.slice(found[0].length);
  const tag = /^ +(\S+)/.exec(rest)?.[1] ?? '';
  const begin = rest.indexOf('<');
  const end = begin < 0 ? -1 : rest.indexOf('> ', begin);
  const status = httpStatus(code);
  return {
    kind: 'web',
    action: actionOf(cache, status, tag),
    time: parseEpoch(stamp),
    user: userOf(user),
    src_ip: client,
    dst_ip: destinationPeer(hierarchy, peer),
    url,
    method: method === 'NONE' ? undefined : method,
    status,
    bytes_in: whole(size),
    // The custom fields are the administrator's: a user agent is told by its looks.
    user_agent: end < 0 ? undefined : /"([A-Za-z][\w.+-]{0,63}\/\d[^"]{0,2000})"/.exec(rest.slice(end))?.[1],
    app: begin < 0 ? undefined : appOf(rest.slice(begin + 1, end < 0 ? undefined : end)),
  };
}

/** The decision tag begins with what the policies decided; `BLOCK_CONTINUE` shows a page that people may go on from, as `CONTINUE` says. */
function actionOf(cache: string, status: number | undefined, tag: string): Action {
  return /^(?:BLOCK|DROP|REDIRECT)_/.test(tag) ? 'blocked' : cacheAction(cache, status);
}

/** `"ACME\ann@realm"`; `(tui)` says that the name was found without asking. */
const userOf = (field: string): string | undefined =>
  known(
    field
      .replace(/^"(.*)"$/, '$1')
      .replace(/^\(tui\)/i, '')
      .replaceAll('\\\\', '\\'),
  );

/** Name, type and behaviour of the application stand a fixed number of places before the bandwidth, wherever releases have put in more. */
function appOf(block: string): string | undefined {
  const verdicts = block.slice(0, 4000).split(',');
  const bandwidth = verdicts.findIndex((verdict, i) => i > 20 && /^\d{1,12}\.\d\d$/.test(verdict));
  const quoted = /^"([^"]{1,100})"$/.exec(verdicts[bandwidth - 4] ?? '')?.[1];
  const name = known(quoted);
  return name === undefined || /^unknown$/i.test(name) ? undefined : applicationName(name);
}

/** The W3C form: result, status and decision stand in columns of the appliance's own. */
function withCodes(
  outcome: Extract<Outcome, { kind: unknown }>,
  columns: readonly string[],
  message: string,
): EventDraft {
  const fields = splitFields(message, message.includes('\t'));
  const of = (name: string): string | undefined => known(fields[columns.indexOf(name)]);
  const [cache = of('sc-result-code') ?? '', code = of('sc-http-status')] = (of('x-resultcode-httpstatus') ?? '')
    .split('/')
    .map(known);
  const status = outcome.status ?? httpStatus(code);
  const [hierarchy = '', peer = ''] = (of('x-hierarchy-origin') ?? '').split('/');
  return {
    ...outcome,
    action:
      cache === '' && of('x-acltag') === undefined ? outcome.action : actionOf(cache, status, of('x-acltag') ?? ''),
    user: userOf(outcome.user ?? ''),
    status,
    dst_ip: outcome.dst_ip ?? destinationPeer(hierarchy, peer),
  };
}

const ownColumns = /^#\s?fields:.*\sx-(?:acltag|resultcode-httpstatus)(?=\s|$)/i;

/** Cisco Secure Web Appliance (WSA, AsyncOS) access log, Squid style or W3C. */
export const format: Format = {
  title: 'Cisco Secure Web Appliance (WSA) access log',
  kinds: ['web'],
  framing: 'lines',
  detect(sample) {
    const header = headerLine(sample.lines, (line) => ownColumns.test(unwrapSyslog(line).message));
    if (header !== undefined)
      return { confidence: 0.97 * header.trust, why: 'a #Fields line names the columns of the appliance' };
    const fitting = share(sample.lines, (line) => {
      const { message } = unwrapSyslog(line);
      return native.test(message) && applianceTag.test(message);
    });
    return fitting > 0
      ? { confidence: 0.98 * fitting, why: 'Squid’s columns with the decision tag and verdicts of the appliance' }
      : undefined;
  },
  open,
};
