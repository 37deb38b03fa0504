import type { EventDraft } from '../core/event.js';
import { type Format, type FormatContext, type Outcome, reject, skip } from '../core/format.js';
import { isObject, type JsonObject } from '../core/json.js';
import { FlatRecord, hostLike } from './common/flat-record.js';
import { recordFormat } from './common/record-format.js';

// Arista (Untangle) NG Firewall, "Events" and "Syslog" of its wiki: each event is a JSON object whose `class` names its Java class;
// events of applications hold the SessionEvent they belong to, answers the request. Addresses: C... is as the client wrote them, S...
// after translation.

/** Name of the class without its package: `HttpRequestEvent`. */
const classOf = (record: JsonObject): string => {
  const text = typeof record.class === 'string' ? record.class : record.javaClass;
  return typeof text === 'string' ? (/(\w{1,80})\s*$/.exec(text)?.[1] ?? '') : '';
};

const mine = (record: JsonObject): boolean =>
  /^(?:class )?com\.(?:untangle|arista)\./.test(String(record.class ?? record.javaClass ?? '')) &&
  classOf(record).endsWith('Event');

const ownKeys = ['cclientaddr', 'cserveraddr', 'sserveraddr', 'sessionevent', 'requestline', 'policyruleid'];

const part = (record: JsonObject, ...names: readonly string[]): JsonObject => {
  for (const name of names) {
    const value = Object.hasOwn(record, name) ? record[name] : undefined;
    if (isObject(value)) return value;
  }
  return {};
};

/** Events that only count, and those that another event of the same session says better. */
const counters =
  /^(?:SessionMinute|SessionNat|PenaltyBox|Quota|InterfaceStat|SystemStat|HostTable|DeviceTable|UserTable)/;

function read(record: JsonObject, context: FormatContext): Outcome {
  const name = classOf(record);
  if (counters.test(name)) return skip('a count without a destination of its own');
  if (/(?:^|Admin|User|Captive\w*)Login|^Capture|^DirectoryConnector/.test(name))
    return skip('a sign-in to the firewall or its network');
  const event = FlatRecord.of(record);
  const asked = part(record, 'httpRequestEvent', 'requestEvent', 'request');
  const request = FlatRecord.of(asked);
  const session = FlatRecord.of(isObject(record.sessionEvent) ? record.sessionEvent : part(asked, 'sessionEvent'));
  const [, method, target] =
    /^(?:([A-Z]{3,10}) )?(\S{1,8192})/.exec(event.text('requestline') ?? request.text('requestline') ?? '') ?? [];
  const text = (...names: readonly string[]) =>
    event.text(...names) ?? request.text(...names) ?? session.text(...names);
  const uri = event.text('requesturi', 'uri', 'url') ?? request.text('requesturi', 'uri', 'url') ?? target;
  const dns = /dns/i.test(name);
  const host = dns
    ? event.text('domain', 'query', 'dnsquery', 'queryname', 'host', 'name')
    : (event.text('host') ??
      request.text('host') ??
      event.text('domain', 'sni', 'servername') ??
      request.text('domain') ??
      hostLike(event.text('detail')));
  // Java writes `name/10.1.2.3`, the name often empty.
  const address = (...names: readonly string[]) => text(...names)?.replace(/^[^/]{0,255}\//, '');
  const dst_ip = address('cserveraddr', 'sserveraddr', 'remoteaddr', 'serveraddr');
  if (dns && host === undefined) return reject('a look-up that names no domain');
  const answer = /HttpResponse/.test(name);
  if (host === undefined && uri === undefined && dst_ip === undefined)
    return answer || /^Session|^Http/.test(name)
      ? skip('an end that names no destination')
      : skip('an event without a destination');
  const blocked = event.flag('blocked') ?? (/^BLOCKED$/i.test(event.text('status') ?? '') ? true : undefined);
  // A start of a session has no bytes; its end counts all of them.
  const ends = /^SessionStats|^SessionEnd/.test(name);
  const length = event.number('contentlength');
  const draft: EventDraft = {
    kind: dns ? 'dns' : 'web',
    action: blocked === true ? 'blocked' : blocked === false || /^Session|^Http/.test(name) ? 'allowed' : 'unknown',
    time: timeOf(record, event, context) ?? timeOf(asked, request, context),
    user: text('username', 'user', 'login'),
    device: session.text('hostname') ?? event.text('hostname', 'clienthostname'),
    src_ip: address('cclientaddr', 'localaddr', 'clientaddr', 'sclientaddr'),
    dst_ip,
    host,
    port: event.positive('cserverport', 'serverport', 'sserverport') ?? session.positive('cserverport', 'sserverport'),
    url: dns ? undefined : uri,
    method: event.text('method') ?? request.text('method') ?? method,
    bytes_out: ends ? event.number('c2pbytes', 'c2sbytes') : /HttpRequest/.test(name) ? length : undefined,
    bytes_in: ends ? event.number('p2cbytes', 's2cbytes') : answer ? length : undefined,
    user_agent: text('useragent'),
    app: event.text('application', 'applicationname'),
  };
  if (!dns && host === undefined && uri === undefined) draft.flow = true;
  return draft;
}

/** Local wall clock; some versions write `{"time": ms}`. */
function timeOf(record: JsonObject, event: FlatRecord, context: FormatContext): number | undefined {
  const stamp = record.timeStamp;
  const inner = isObject(stamp) && typeof stamp.time === 'number' ? new FlatRecord([['timestamp', stamp.time]]) : event;
  return inner.time(context, context.zone, 'timestamp', 'timestampms', 'time');
}

/** Arista (Untangle) NG Firewall: syslog events as JSON, `uvm[0]: {...}`. */
export const format: Format = recordFormat({
  title: 'Untangle / Arista NG Firewall (syslog events)',
  kinds: ['web', 'dns'],
  what: 'events of an Untangle NG Firewall',
  mine,
  readable: (record) => classOf(record).endsWith('Event') || FlatRecord.of(record).count(ownKeys) > 0,
  read: ({ object }, context) => (object === undefined ? reject('not a JSON object') : read(object, context)),
});
