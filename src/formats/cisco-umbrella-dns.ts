import { splitCsv } from '../core/csv.js';
import { type Format, type FormatContext, type Reader, reject, skip } from '../core/format.js';
import { unwrapSyslog } from '../core/syslog.js';
import { known } from '../core/text.js';
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

// DNS log, https://docs.umbrella.com/deployment-umbrella/docs/dns-log-formats: version 1 ends with the categories, 2 adds the
// type of the most granular identity, 3 the identity types, 4 the blocked categories, later ones rule and countries.
const schema: Schema = [
  ['timestamp', 'date & time', 'datetime'],
  ['most granular identity', 'policy identity', 'policy identity label', 'identity'],
  ['identities'],
  ['internal ip', 'internalip', 'internal client ip', 'internal ip address'],
  ['external ip', 'externalip', 'external client ip', 'external ip address'],
  ['action', 'response'],
  ['query type', 'querytype', 'dns type', 'record type'],
  ['response code', 'responsecode'],
  ['domain', 'destination', 'query'],
  ['categories'],
  ['most granular identity type', 'policy identity type', 'identity type'],
  ['identity types'],
];

function open(_context: FormatContext): Reader {
  const table = new UmbrellaTable(schema);
  return {
    read(text) {
      const fields = table.row(unwrapSyslog(text).message);
      if (fields === undefined) return reject('a quote is not closed');
      if (fields === 'header') return skip('header line');
      const get = (name: string) => table.get(fields, name);
      const domain = known(get('domain'));
      const day = [get('date'), get('time')].filter((part) => part !== undefined).join(' ');
      const time = umbrellaTime(get('timestamp') ?? day);
      if (domain === undefined || (time === undefined && !action.test(get('action') ?? '')))
        return reject('not a line of the Umbrella DNS log');
      const who: { user?: string; device?: string } = {};
      const [label, type, types] = [
        get('most granular identity'),
        get('most granular identity type'),
        get('identity types'),
      ];
      // A policy name may stand where the type is expected; then the list of types tells.
      addIdentities(who, label, listsTypes(type) ? type : types?.split(',')[0]);
      addIdentities(who, get('identities'), types);
      return {
        kind: 'dns',
        action: umbrellaAction(get('action')),
        time,
        ...who,
        src_ip: known(get('internal ip')) ?? known(get('external ip')),
        host: domain,
      };
    },
  };
}

const action = /^(?:Allowed|Blocked|Proxied)$/i;

/** Cisco Umbrella DNS log (CSV of the S3 bucket, all versions, with or without header; activity export). */
export const format: Format = {
  title: 'Cisco Umbrella DNS log',
  kinds: ['dns'],
  // No field holds a newline, so a row cut off inside quotes costs only itself.
  framing: 'lines',
  detect(sample) {
    const fitting = share(sample.lines, (line) => {
      const fields = splitCsv(unwrapSyslog(line).message)?.map((field) => field.trim());
      if (fields === undefined) return false;
      const [time = '', , , , , verdict = '', type = '', code = '', domain = ''] = fields;
      const row = fields.length >= 9 && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(time) && action.test(verdict);
      if (row) return /^\d{1,5} \(\w+\)$/.test(type) || (/^[A-Z]{2,10}$/.test(code) && domain.endsWith('.'));
      return isUmbrellaHeader(fields) && /query ?type|dns type/i.test(line) && /domain|destination/i.test(line);
    });
    if (fitting === 0) return undefined;
    return {
      confidence: 0.97 * fitting,
      why: 'rows have UTC time, identities, addresses, action, query type and domain',
    };
  },
  open,
};
