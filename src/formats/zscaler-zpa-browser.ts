import type { Action } from '../core/event.js';
import { type Format, type FormatContext, type Outcome, skip } from '../core/format.js';
import type { JsonObject } from '../core/json.js';
import { FlatRecord, namesTarget } from './common/flat-record.js';
import { flatFields, recordFormat } from './common/record-format.js';
import { httpStatus } from './common/squid-codes.js';

// Zscaler Private Access, "About Browser Access Log Fields" (help.zscaler.com), as the Log Streaming Service sends them as JSON.
const telling =
  'logtimestamp exporter timestamprequestreceivestart timestamprequestreceivefinish timestamprequesttransmitstart timestampresponsetransmitfinish totaltimerequestreceive totaltimeconnectionsetup totaltimeserverresponse nameid applicationport clientpublicip clientpublicport clientprivateip connectionstatus connectionreason corstoken xff requestsize responsesize'.split(
    ' ',
  );
/** Fields of the other logs of the service: user activity and status, connectors, authentication. */
const others =
  'sessionid sessionstatus clientzen connectorzensetuptime internalreason serverip policyprocessingtime connector'.split(
    ' ',
  );

function mine(object: JsonObject): boolean {
  const record = FlatRecord.of(object);
  if (record.has('logtimestamp') && record.has('customer') && record.count(others) > 0) return true;
  return record.count(telling) >= 3 && record.has('host', 'url');
}

function actionOf(reason: string, status: number | undefined): Action {
  if (/policy|block|den(?:y|ied)|reject|not_?permitted|unauthori/i.test(reason)) return 'blocked';
  // The service answers 401 and 403 itself, and so do applications: which it was is not said.
  if (status === 401 || status === 403) return 'unknown';
  return status === undefined ? 'unknown' : 'allowed';
}

function read(fields: FlatRecord, context: FormatContext): Outcome {
  const url = fields.text('url', 'requesturl', 'uri');
  const host = fields.text('host', 'hostname', 'domain');
  if (url === undefined && (host === undefined || fields.count(others) > 0))
    return skip('another log of Zscaler Private Access');
  const status = httpStatus(fields.text('statuscode', 'status', 'httpstatus', 'responsecode'));
  return {
    kind: 'web',
    action: actionOf(
      `${fields.text('connectionstatus') ?? ''} ${fields.text('connectionreason', 'action') ?? ''}`,
      status,
    ),
    time: fields.time(context, 'UTC', 'logtimestamp', 'timestamprequestreceivestart', 'timestamp', 'time'),
    user: fields.text('username', 'nameid', 'user', 'useremail'),
    src_ip: fields.text('clientpublicip', 'clientip', 'srcip', 'clientprivateip'),
    host,
    port: fields.positive('applicationport', 'serverport', 'port'),
    url,
    method: fields.text('method', 'requestmethod'),
    status,
    bytes_out: fields.number('requestsize', 'reqsize'),
    bytes_in: fields.number('responsesize', 'respsize'),
    user_agent: fields.text('useragent'),
    app: fields.text('application', 'applicationname'),
    event_id: fields.text('connectionid'),
  };
}

/** Zscaler Private Access: requests of Browser Access as JSON. */
export const format: Format = recordFormat({
  title: 'Zscaler Private Access, browser access log',
  kinds: ['web'],
  what: 'browser access records of Zscaler Private Access',
  mine,
  readable: (object) => namesTarget(FlatRecord.of(object)) || FlatRecord.of(object).has('logtimestamp'),
  read: (fields, context) => read(flatFields(fields), context),
});
