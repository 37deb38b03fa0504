import { splitCsv } from '../core/csv.js';
import { type Format, type FormatContext, type Reader, reject, skip } from '../core/format.js';
import { unwrapSyslog } from '../core/syslog.js';
import { known, whole } from '../core/text.js';
import { share } from './common/detect.js';
import {
  addIdentities,
  isUmbrellaHeader,
  listsTypes,
  type Schema,
  UmbrellaTable,
  umbrellaAction,
  umbrellaTime,
} from './common/umbrella.js';

// Web (proxy, SWG) log, https://docs.umbrella.com/deployment-umbrella/docs/proxy-log-formats. Up to `amp score` all versions
// agree; identity types stood there first, then blocked categories, all identities with their types, the method and more.
const schema: Schema = [
  ['timestamp', 'date & time', 'datetime'],
  ['policy identity', 'policy identity label', 'most granular identity', 'identity'],
  ['internal ip', 'internal client ip', 'internal ip address'],
  ['external ip', 'external client ip', 'external ip address'],
  ['destination ip', 'destination ip address'],
  ['content type'],
  ['verdict', 'action', 'response'],
  ['url', 'destination'],
  ['referer', 'referrer'],
  ['user agent', 'useragent'],
  ['status code', 'statuscode', 'http status'],
  ['request size'],
  ['response size'],
  ['response body size'],
  ['sha', 'sha256', 'sha-sha256'],
  ['categories'],
  ['av detections', 'avdetections'],
  ['puas'],
  ['amp disposition'],
  ['amp malware name'],
  ['amp score'],
  ['policy identity type', 'most granular identity type', 'identity type'],
  ['blocked categories'],
  ['identities'],
  ['identity types'],
  ['request method', 'http method', 'method'],
];
const verdicts = /^(?:ALLOWED|BLOCKED|PROXIED|WARNED|WARN|ISOLATED)$/i;

function open(_context: FormatContext): Reader {
  const table = new UmbrellaTable(schema);
  return {
    read(text) {
      const fields = table.row(unwrapSyslog(text).message);
      if (fields === undefined) return reject('a quote is not closed');
      if (fields === 'header') return skip('header line');
      const get = (name: string) => table.get(fields, name);
      const url = known(get('url'));
      const day = [get('date'), get('time')].filter((part) => part !== undefined).join(' ');
      const time = umbrellaTime(get('timestamp') ?? day);
      const destination = known(get('destination ip'));
      if (
        (url === undefined && destination === undefined) ||
        (time === undefined && !verdicts.test(get('verdict') ?? ''))
      )
        return reject('not a line of the Umbrella proxy log');
      const who: { user?: string; device?: string } = {};
      // Early versions have one or two columns fewer before the types.
      const type = [get('policy identity type'), fields[20], fields[22]].find(
        (field) => known(field) !== undefined && listsTypes(field),
      );
      addIdentities(who, get('policy identity'), type);
      addIdentities(who, get('identities'), get('identity types'));
      const method = known(get('request method'));
      const status = whole(get('status code'));
      return {
        kind: 'web',
        action: umbrellaAction(get('verdict')),
        time,
        ...who,
        src_ip: known(get('internal ip')) ?? known(get('external ip')),
        dst_ip: destination,
        url,
        method: method !== undefined && /^[A-Za-z-]{1,20}$/.test(method) ? method : undefined,
        status: status === 0 ? undefined : status,
        bytes_out: whole(get('request size')),
        bytes_in: whole(get('response size')),
        user_agent: get('user agent'),
      };
    },
  };
}

/** Cisco Umbrella secure web gateway and intelligent proxy log (CSV, all versions, with or without header). */
export const format: Format = {
  title: 'Cisco Umbrella proxy log',
  kinds: ['web'],
  // No field holds a newline, so a row cut off inside quotes costs only itself.
  framing: 'lines',
  detect(sample) {
    const fitting = share(sample.lines, (line) => {
      const fields = splitCsv(unwrapSyslog(line).message)?.map((field) => field.trim());
      if (fields === undefined) return false;
      const [time = '', , , , , , verdict = '', url = ''] = fields;
      if (/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(time) && fields.length >= 12)
        return verdicts.test(verdict) && (url === '' || /[.:/]/.test(url));
      return (
        isUmbrellaHeader(fields) && /\burl\b/i.test(line) && /amp ?(?:disposition|score)|policy identity/i.test(line)
      );
    });
    if (fitting === 0) return undefined;
    return { confidence: 0.97 * fitting, why: 'rows have UTC time, identity, three addresses, verdict and URL' };
  },
  open,
};
