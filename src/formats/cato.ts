import type { Action } from '../core/event.js';
import { type Format, type FormatContext, type Outcome, reject, skip } from '../core/format.js';
import { at, isObject, type JsonObject } from '../core/json.js';
import { splitUrl } from '../core/url.js';
import { FlatRecord, namesTarget } from './common/flat-record.js';
import { combine } from './common/json-records.js';
import { recordFormat } from './common/record-format.js';
import { httpStatus } from './common/squid-codes.js';
import { verdict } from './common/verdict.js';

// Cato Networks, "Cato API - EventsFeed" and "Events Integration" (S3, Azure): flat records, or {"time", "fieldsMap": {...}} or
// {"flatFields": [[name, value]...]} under data.eventsFeed.accounts[].records[].

const telling =
  'eventsubtype internalid vpnuseremail srcissiteorvpn srcsitename srcsite destissiteorvpn destsitename clientclass applicationrisk appactivity ruleid rulename trafficdirection popname ispname accountid eventcount customcategories socketserial configuredhostname hostmac subnetname'.split(
    ' ',
  );

/** The fields of a record, whichever way it holds them. */
function fieldsOf(record: JsonObject): FlatRecord {
  if (isObject(record.fieldsMap))
    return new FlatRecord([...Object.entries(record.fieldsMap), ...Object.entries(record)]);
  if (!Array.isArray(record.flatFields)) return FlatRecord.of(record);
  const pairs = record.flatFields.flatMap((pair: unknown): [string, unknown][] =>
    Array.isArray(pair) && typeof pair[0] === 'string' ? [[pair[0], pair[1] as unknown]] : [],
  );
  return new FlatRecord([...pairs, ...Object.entries(record)]);
}

/** The records of an answer of the API. */
function recordsOf(page: JsonObject): JsonObject[] {
  const accounts = at(page, 'data.eventsFeed.accounts') ?? at(page, 'eventsFeed.accounts') ?? page.accounts;
  return (Array.isArray(accounts) ? accounts : []).flatMap((account: unknown) => {
    const records = at(account, 'records');
    return Array.isArray(records) ? records.filter(isObject) : [];
  });
}

function mine(object: JsonObject): boolean {
  if (isObject(object.fieldsMap) || Array.isArray(object.flatFields) || recordsOf(object).length > 0) return true;
  const record = FlatRecord.of(object);
  return record.has('eventtype') && record.has('eventsubtype') && record.count(telling) >= 2;
}

function actionOf(word: string | undefined): Action {
  // A prompt asks the user, who may go on; browser isolation opens the page.
  if (/^(?:prompt|ask)/i.test(word ?? '')) return 'unknown';
  return /^(?:rbi|isolat)/i.test(word ?? '') ? 'allowed' : (verdict(word) ?? 'unknown');
}

function read(fields: FlatRecord, context: FormatContext): Outcome {
  const [type, sub] = [fields.text('eventtype') ?? '', fields.text('eventsubtype') ?? ''];
  if (/^(?:connectivity|routing|sockets? management|system)/i.test(type))
    return skip('a message of sites, clients or the system');
  if (/log ?in|log ?out|authenticat|user awareness|admin/i.test(sub) || /^(?:audit|admin)/i.test(type))
    return skip('a sign-in or an act of an administrator');
  const url = fields.text('fullpathurl', 'url', 'requesturl');
  const named = fields.text('domainname', 'httphostname', 'tlssni', 'sni', 'destdomain', 'dnsquery');
  const host = url === undefined || splitUrl(url).host === undefined ? named : undefined;
  const dst_ip = fields.text('destip', 'dstip', 'destinationip');
  if (url === undefined && host === undefined && dst_ip === undefined) return skip('an event without a destination');
  if (/^inbound/i.test(fields.text('trafficdirection') ?? '')) return skip('an incoming connection');
  const dns = /^dns\b/i.test(sub) && named !== undefined && url === undefined;
  return {
    kind: dns ? 'dns' : 'web',
    ...(!dns && url === undefined && host === undefined && { flow: true }),
    action: actionOf(fields.text('action')),
    time: fields.time(context, 'UTC', 'time', 'timestr', 'eventtime', 'timestamp'),
    user: fields.text('vpnuseremail', 'useremail', 'userprincipalname', 'username', 'srcusername', 'userdisplayname'),
    device: fields.text('devicename', 'hostname', 'configuredhostname'),
    src_ip: fields.text('srcip', 'sourceip'),
    dst_ip,
    host,
    port: fields.positive('destport', 'dstport', 'destinationport'),
    url,
    method: fields.text('httprequestmethod', 'requestmethod', 'method'),
    status: httpStatus(fields.text('httpresponsecode', 'responsecode', 'httpstatus')),
    bytes_out: fields.number('upstreambytes', 'bytesupstream', 'upstream', 'bytessent', 'sentbytes', 'txbytes'),
    bytes_in: fields.number(
      'downstreambytes',
      'bytesdownstream',
      'downstream',
      'bytesreceived',
      'receivedbytes',
      'rxbytes',
    ),
    user_agent: fields.text('useragent'),
    app: fields.text('applicationname', 'application', 'appname'),
    event_id: fields.text('internalid', 'eventid'),
  };
}

/** Cato Networks events: Internet firewall, WAN firewall, application and threat protection, of the API or its exports. */
export const format: Format = recordFormat({
  title: 'Cato Networks events',
  kinds: ['web', 'dns'],
  what: 'events of Cato Networks',
  mine,
  readable: (object) => namesTarget(FlatRecord.of(object)) || FlatRecord.of(object).has('eventtype'),
  read({ object }, context) {
    if (object === undefined) return reject('not a JSON object');
    const records = recordsOf(object);
    return combine((records.length > 0 ? records : [object]).map((record) => read(fieldsOf(record), context)));
  },
});
