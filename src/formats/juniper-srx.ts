import type { Action } from '../core/event.js';
import { type Format, type FormatContext, type Outcome, type Reader, reject, skip } from '../core/format.js';
import { parseKeyValues } from '../core/keyvalue.js';
import { unwrapSyslog } from '../core/syslog.js';
import { whole } from '../core/text.js';
import { share } from './common/detect.js';
import { applicationName, type Extension, pick } from './common/extension.js';
import { readSrxText } from './common/srx-text.js';

// Junos "System Log Explorer": RT_FLOW_SESSION_*, APPTRACK_SESSION_*, WEBFILTER_URL_*; `_LS` is the same of a logical system, `_USF` of a service set. Structured form:
// RFC 5424 with the record in structured data (junos@2636...); the text form has a sentence behind the tag, see common/srx-text.
/** Of SecIntel and advanced anti-malware: read where they name a host. */
const tags =
  /(?:^|[\s:-])((?:RT_FLOW_SESSION|APPTRACK_SESSION|WEBFILTER_URL|SECINTEL_ACTION|AAMW_ACTION)_[A-Z_]{3,20}?)(?:_LS|_USF)?(?=[\s:]|$)/;
/** Any other tag of Junos. */
const anyTag = /(?:^|[\s:])[A-Z][A-Z0-9]{1,20}_[A-Z0-9_]{2,50}(?=[\s:]|$)/;
const ends = new Set(['RT_FLOW_SESSION_CLOSE', 'APPTRACK_SESSION_CLOSE']);

function open({ zone, modified }: FormatContext): Reader {
  return {
    read(text) {
      const start = text.slice(0, 400);
      const found = tags.exec(start);
      const tag = found?.[1];
      if (found === null || tag === undefined) {
        if (anyTag.test(start)) return skip('message without destinations');
        return unwrapSyslog(text).wrapped ? skip('message without a tag') : reject('not a line of a Juniper SRX');
      }
      const body = text.slice(found.index + found[0].length);
      const pairs = /^\s?\[junos@/.test(body) ? parseKeyValues(body) : readSrxText(tag, body);
      const outcome = pairs === undefined ? reject('the text of the message is not readable') : readEvent(tag, pairs);
      if (!('kind' in outcome)) return outcome;
      return { ...outcome, time: unwrapSyslog(text).time?.(zone, modified) };
    },
  };
}

function readEvent(tag: string, pairs: Extension): Outcome {
  const get = (...names: readonly string[]): string | undefined => {
    for (const name of names) {
      const value = pick(pairs, name);
      if (value !== undefined && !/^(?:unknown|inconclusive)$/i.test(value)) return value;
    }
    return undefined;
  };
  // A host name; anti-malware writes a whole URL.
  const host = get('url', 'http-host');
  const [src, dst] = [get('source-address', 'client-ip'), get('destination-address', 'server-ip')];
  if (/^(?:SECINTEL|AAMW)/.test(tag) && host === undefined) return skip('security log without host and URL');
  if (src === undefined && dst === undefined && host === undefined)
    return reject('the line names no source and no destination');
  const path = get('obj');
  return {
    kind: 'web',
    action: actionOf(tag, get('action')),
    user: get('username', 'user'),
    device: get('client-hostname', 'hostname'),
    src_ip: src,
    dst_ip: dst,
    host,
    // Of ICMP, type and code stand in the place of ports.
    port: /^(?:1|58)$/.test(get('protocol-id') ?? '') ? undefined : whole(get('destination-port', 'server-port')),
    url: path?.startsWith('/') === true ? path : host?.includes('/') === true ? host : undefined,
    // A volume update counts from the start of the session, and its end says all once more.
    ...(ends.has(tag) && {
      bytes_out: whole(get('bytes-from-client')),
      bytes_in: whole(get('bytes-from-server')),
    }),
    app: applicationName(get('nested-application')) ?? applicationName(get('application')),
    ...(host === undefined && { flow: true }),
  };
}

/** A redirect leads to a page of the gateway's in place of what was asked for. */
function actionOf(tag: string, action: string | undefined): Action {
  if (/_(?:DENY|BLOCKED|REDIRECTED)$/.test(tag)) return 'blocked';
  if (/_(?:CREATE|CLOSE|PERMITTED|VOL_UPDATE|ROUTE_UPDATE)$/.test(tag)) return 'allowed';
  if (/^(?:permit|log|allow)/i.test(action ?? '')) return 'allowed';
  return /^(?:block|drop|deny|close|sinkhole)/i.test(action ?? '') ? 'blocked' : 'unknown';
}

/** Juniper SRX (Junos) security logs: sessions, AppTrack and web filtering, structured or as text. */
export const format: Format = {
  title: 'Juniper SRX (sessions, AppTrack, web filtering)',
  kinds: ['web'],
  framing: 'lines',
  detect(sample) {
    const fitting = share(sample.lines, (line) => tags.test(line.slice(0, 400)));
    return fitting > 0
      ? { confidence: 0.5 + 0.48 * fitting, why: 'lines with the RT_FLOW, APPTRACK and WEBFILTER tags of Junos' }
      : undefined;
  },
  open,
};
