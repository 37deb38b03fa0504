import type { Columns } from '../core/csv.js';
import type { Action } from '../core/event.js';
import { type Format, type FormatContext, type Outcome, skip } from '../core/format.js';
import { isIp } from '../core/host.js';
import type { JsonObject } from '../core/json.js';
import { splitUrl } from '../core/url.js';
import { FlatRecord, hostLike, namesTarget } from './common/flat-record.js';
import { flatFields, recordFormat } from './common/record-format.js';
import { httpStatus } from './common/squid-codes.js';
import { verdict } from './common/verdict.js';

// Netskope REST API v2, /api/v2/events/dataexport/events/{page,application,network,connection,audit,infrastructure,alert,incident};
// docs.netskope.com, "Using the REST API v2 dataexport Iterator Endpoints" and the descriptions of the event fields; v1 has the same
// fields in {"data": [...]}.

/** Fields, folded, that hardly anybody but Netskope writes. */
const telling =
  'accessmethod ccl cci urnormalized userkey organizationunit appcategory appsessionid netskopepop traffictype insertionepochtimestamp pageid srcgeoipsrc dstgeoipsrc networksessionid clientbytes serverbytes browsersessionid supportingdata auditlogevent usergenerated instanceid fromuser publishername bypasstraffic ssldecryptpolicy site alarmname alarmdescription'.split(
    ' ',
  );
const types =
  /^(?:page|connection|application|network|nspolicy|audit|admin_audit_logs|infrastructure|alert|incident|policy|endpoint|clientstatus)$/i;

function mine(object: JsonObject): boolean {
  const record = FlatRecord.of(object);
  const found = record.count(telling);
  return found >= 4 || (found >= 2 && (types.test(record.text('type') ?? '') || record.has('activity', 'alerttype')));
}

const received = ['serverbytes', 'respbytes', 'bytesdownloaded'];

function actionOf(fields: FlatRecord): Action {
  const word = fields.text('action', 'policyaction');
  // The user was warned and chose: what, is in another event.
  if (/^(?:user ?alert|coach|ask)/i.test(word ?? '')) return 'unknown';
  if (word !== undefined) return /^(?:isolate|encrypt|bypass)/i.test(word) ? 'allowed' : (verdict(word) ?? 'unknown');
  const activity = fields.text('activity') ?? '';
  if (fields.flag('blocked') === true || /^[\w ]{0,40}\bfailed$/i.test(activity)) return 'blocked';
  // Only a policy writes an action. Without one an activity was done, and a connection was made where the server answered.
  const done = activity !== '' || fields.flag('bypasstraffic') === true || fields.positive(...received) !== undefined;
  return done ? 'allowed' : 'unknown';
}

function read(fields: FlatRecord, context: FormatContext): Outcome {
  const type = fields.text('type', 'eventtype') ?? '';
  if (/audit/i.test(type) || fields.has('auditlogevent')) return skip('an act of an administrator');
  if (/^(?:infrastructure|clientstatus)/i.test(type) || fields.has('alarmname')) return skip('a message of the system');
  const url = fields.text('url', 'page', 'requesturl');
  const shown = url !== undefined && (url.includes('/') || hostLike(url) !== undefined) ? url : undefined;
  const host =
    hostLike(fields.text('domain', 'dsthost', 'dsthostname', 'fqdn', 'sni')) ??
    (shown !== undefined && splitUrl(shown).host !== undefined ? undefined : hostLike(fields.text('site')));
  const dst_ip = fields.text('dstip', 'destinationip');
  const app = fields.text('app', 'application');
  // Who is unknown is written as an address.
  const user = fields.text('user', 'username', 'userkey', 'urnormalized', 'fromuser');
  if (host === undefined && shown === undefined && dst_ip === undefined) {
    if (app === undefined || fields.text('alerttype') !== undefined) return skip('an event without a destination');
    if (/^api/i.test(fields.text('accessmethod') ?? '')) return skip('found in an application, not on the way to it');
  }
  return {
    kind: 'web',
    ...(host === undefined && shown === undefined && { flow: true }),
    action: actionOf(fields),
    time: fields.time(
      context,
      'UTC',
      'timestamp',
      'connstarttime',
      'pagestarttime',
      'starttime',
      'insertionepochtimestamp',
    ),
    user: user !== undefined && isIp(user) ? undefined : user,
    // `device` is its kind: "Windows Device".
    device: fields.text('hostname', 'devicename'),
    src_ip: fields.text('srcip', 'sourceip') ?? fields.text('userip'),
    dst_ip,
    host,
    port: fields.positive('dstport', 'destinationport'),
    url: shown,
    method: fields.text('httpmethod', 'requestmethod', 'method'),
    status: httpStatus(fields.text('httpstatus', 'rspstatus', 'statuscode')),
    bytes_out: fields.number('clientbytes', 'reqbytes', 'bytesuploaded'),
    bytes_in: fields.number(...received),
    user_agent: fields.text('useragent'),
    app,
    event_id: fields.text('id', 'transactionid', 'eventid'),
  };
}

const isHeader = (columns: Columns): boolean =>
  columns.has('access_method') && columns.has('ccl', 'cci', 'ur_normalized') && columns.has('url', 'site', 'domain');

/** Netskope events: page, application, network, connection and alert, as the REST API gives them or as CSV. */
export const format: Format = recordFormat({
  title: 'Netskope events (REST API)',
  kinds: ['web'],
  what: 'Netskope events',
  mine,
  readable(object) {
    const record = FlatRecord.of(object);
    return namesTarget(record) || (record.has('timestamp') && types.test(record.text('type') ?? ''));
  },
  header: isHeader,
  read: (fields, context) => read(flatFields(fields), context),
});
