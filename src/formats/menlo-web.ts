import type { Action } from '../core/event.js';
import { type Format, type FormatContext, type Outcome, skip } from '../core/format.js';
import type { JsonObject } from '../core/json.js';
import { splitUrl } from '../core/url.js';
import { FlatRecord, namesTarget } from './common/flat-record.js';
import { flatFields, recordFormat } from './common/record-format.js';
import { httpStatus } from './common/squid-codes.js';
import { verdict } from './common/verdict.js';

// Menlo Security, "Log Export API" (web logs): {"result": {"events": [{"event": {...}}]}}; times are UTC without saying so.

/** Fields of the isolation platform, folded. */
const telling =
  'peaction perulename pereason xclientip xclientcountry egressip egresscountry originip origincountry uatype requesttype toplevelurl topurl casbappname casbcatname casbfunname casborgname soph sbox sboxmalact isiframe tabid riskscore threattypes haspassword magicname numiframes xffip userid'.split(
    ' ',
  );

function mine(object: JsonObject): boolean {
  const record = FlatRecord.of(object);
  if (/^menlo/i.test(record.text('vendor', 'devicevendor') ?? '')) return record.has('eventtime', 'url', 'domain');
  return record.has('url', 'domain', 'dst') && record.count(telling) >= (record.has('peaction', 'xclientip') ? 2 : 4);
}

/** An isolated page is opened, in a browser of the platform. */
function actionOf(word: string | undefined): Action {
  if (/^(?:isolat|safe[ _-]?view|read[ _-]?only|sanitiz|original|view)/i.test(word ?? '')) return 'allowed';
  return verdict(word) ?? 'unknown';
}

function read(fields: FlatRecord, context: FormatContext): Outcome {
  const url = fields.text('url', 'requesturl', 'dsturl');
  const host = fields.text('domain', 'host', 'dsthost');
  const asked = fields.text('requesttype') ?? '';
  const dst_ip = fields.text('dst', 'dstip', 'destinationip');
  if (url === undefined && host === undefined && dst_ip === undefined) return skip('a record without a destination');
  return {
    kind: 'web',
    ...(url === undefined && host === undefined && { flow: true }),
    action: actionOf(fields.text('peaction', 'action')),
    time: fields.time(context, 'UTC', 'eventtime', 'timestamp', 'time', '@timestamp'),
    user: fields.text('userid', 'user', 'username', 'useremail'),
    device: fields.text('devicename', 'clienthostname'),
    src_ip: fields.text('xclientip', 'clientip', 'src', 'srcip', 'sourceip', 'xffip'),
    dst_ip,
    // The domain of a URL may be the registered one only.
    host: splitUrl(url ?? '').host === undefined ? host : undefined,
    port: fields.positive('dstport', 'destinationport', 'port'),
    url,
    method: fields.text('method', 'requestmethod', 'httpmethod') ?? (/^[A-Z]{3,7}$/.test(asked) ? asked : undefined),
    status: httpStatus(fields.text('responsecode', 'httpstatus', 'statuscode', 'status')),
    bytes_out: fields.number('bytessent', 'sentbytes', 'requestbytes', 'requestsize', 'bytesout', 'uploadsize'),
    bytes_in: fields.number(
      'bytesreceived',
      'receivedbytes',
      'responsebytes',
      'responsesize',
      'bytesin',
      'downloadsize',
    ),
    user_agent: fields.text('useragent'),
    app: fields.text('casbappname', 'application', 'appname'),
    event_id: fields.text('reqid', 'requestid', 'eventid'),
  };
}

/** Menlo Security web log as JSON. */
export const format: Format = recordFormat({
  title: 'Menlo Security web log',
  kinds: ['web'],
  what: 'records of the Menlo Security web log',
  mine,
  readable(object) {
    const record = FlatRecord.of(object);
    return namesTarget(record) || (record.has('eventtime') && record.has('userid', 'eventtype'));
  },
  read: (fields, context) => read(flatFields(fields), context),
});
