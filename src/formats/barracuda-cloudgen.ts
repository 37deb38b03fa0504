import type { Action } from '../core/event.js';
import { type Format, type FormatContext, type Outcome, skip } from '../core/format.js';
import { isObject, type JsonObject } from '../core/json.js';
import { FlatRecord, namesTarget } from './common/flat-record.js';
import { flatFields, recordFormat } from './common/record-format.js';
import { httpStatus } from './common/squid-codes.js';
import { verdict } from './common/verdict.js';

// Barracuda CloudGen Firewall: web log and firewall activity log, streamed as JSON. campus.barracuda.com, "Log Streaming", "Firewall
// Insights" and "Available Log Files and Structure". Field names differ between firmware versions and pipelines, so common ones are
// all taken.
const [source, destination, target] = [
  ['srcip', 'src', 'sourceip', 'clientip', 'sourceaddress', 'source'],
  ['dstip', 'dst', 'destip', 'destinationip', 'serverip', 'destinationaddress', 'destination'],
  [
    'domain',
    'urldomain',
    'dstdomain',
    'httphost',
    'sni',
    'dnsname',
    'dstname',
    'dsthostname',
    'destinationhost',
    'destinationdomain',
    'target',
  ],
];

/** Fields of the firewall itself, folded. */
const telling =
  'fwrule fwrulename apprule apprulename trafficinfo traffictype fwinfo fwname boxname boxserial cloudgenversion rangename clustername srcinterface dstinterface urlcat urlcategory appriskname serviceobject natrule bindip connip inif outif matchedrule srcif dstif srcmac dstmac srcnat dstnat dstservice receivedpackets sentpackets'.split(
    ' ',
  );
/** Where a record names its product. */
const makers = [
  'vendor',
  'devicevendor',
  'product',
  'deviceproduct',
  'devicetype',
  'type',
  'logtype',
  'sourcetype',
  'source',
  'program',
  'module',
  'observer',
  'tag',
];

/** Whether the record proper may stand inside. */
const wraps = (object: JsonObject): boolean =>
  Object.values(object).some(
    (value) => typeof value === 'object' || (typeof value === 'string' && /^\s*[[{]/.test(value)),
  );

/** Fields may be grouped, but what stands in a forwarder's envelope is a record of its own. */
const fieldsOf = (object: JsonObject): FlatRecord =>
  envelopes.some((key) => isObject(object[key])) ? FlatRecord.of(object) : FlatRecord.deep(object);
const envelopes = ['event', 'result', '_source', 'detail', 'jsonPayload', 'body', 'data'];

function mine(object: JsonObject): boolean {
  const record = fieldsOf(object);
  const targeted = record.has(...destination, ...target, 'url', 'urlfull', 'uri');
  if (makers.some((name) => /barracuda|cloudgen|\bcgfw|\bng ?f(?:w|irewall)/i.test(record.text(name) ?? '')))
    return targeted || !wraps(object);
  return targeted && record.has(...source) && record.count(telling) >= 2;
}

function actionOf(fields: FlatRecord): Action {
  const word = fields.text('action', 'fwaction', 'verdict', 'result', 'policyaction') ?? '';
  if (
    /^(?:local|loopback|forward)?\s?(?:allow|accept|pass)|^(?:end|rem|remove|detect|terminate|close|scan)/i.test(word)
  )
    return 'allowed';
  return verdict(word.replace(/^local ?/i, '')) ?? 'unknown';
}

function read(fields: FlatRecord, context: FormatContext): Outcome {
  const url = fields.text('url', 'urlfull', 'urloriginal', 'requesturl', 'fullurl', 'uri', 'requesturi');
  // Without a request `host` is the firewall.
  const bare = url === undefined ? fields.has('method', 'httpmethod', 'urlcat', 'urlcategory') : url.startsWith('/');
  const host = fields.text(...target) ?? (bare ? fields.text('host', 'hostname') : undefined);
  const dst_ip = fields.text(...destination);
  if (url === undefined && host === undefined && dst_ip === undefined) return skip('a record without a destination');
  const asked = fields.text('dnsquery', 'queryname', 'query');
  const dns = asked !== undefined && url === undefined;
  return {
    kind: dns ? 'dns' : 'web',
    ...(!dns && url === undefined && host === undefined && { flow: true }),
    action: actionOf(fields),
    time: fields.time(
      context,
      context.zone,
      'timestamp',
      'time',
      'eventtime',
      'datetime',
      '@timestamp',
      'date',
      'starttime',
    ),
    user: fields.text('user', 'username', 'srcuser', 'sourceuser', 'login'),
    device: fields.text('srchostname', 'sourcehostname', 'clienthostname', 'srcname', 'devicename'),
    src_ip: fields.text(...source),
    dst_ip,
    host: dns ? asked : host,
    port: fields.positive('dstport', 'dport', 'destport', 'destinationport', 'serverport', 'port'),
    url,
    method: fields.text('method', 'httpmethod', 'requestmethod'),
    status: httpStatus(fields.text('status', 'httpstatus', 'statuscode', 'responsecode', 'httpcode')),
    bytes_out: fields.number(
      'bytesout',
      'bytessent',
      'sentbytes',
      'srcbytes',
      'txbytes',
      'uploadbytes',
      'requestsize',
      'requestbytes',
      'clientbytes',
    ),
    bytes_in: fields.number(
      'bytesin',
      'bytesreceived',
      'receivedbytes',
      'rcvdbytes',
      'dstbytes',
      'rxbytes',
      'downloadbytes',
      'responsesize',
      'responsebytes',
      'serverbytes',
    ),
    user_agent: fields.text('useragent', 'httpuseragent', 'agent'),
    app: fields.text('application', 'appname', 'applicationname', 'app', 'appid'),
    event_id: fields.text('eventid', 'sessionid', 'requestid'),
  };
}

/** Barracuda CloudGen Firewall: web log and firewall activity as JSON. */
export const format: Format = recordFormat({
  title: 'Barracuda CloudGen Firewall (web log, JSON)',
  kinds: ['web', 'dns'],
  what: 'records of a Barracuda CloudGen Firewall',
  mine,
  readable: (object) => namesTarget(fieldsOf(object)),
  read: (fields, context) => read(fields.object === undefined ? flatFields(fields) : fieldsOf(fields.object), context),
});
