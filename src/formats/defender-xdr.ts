import type { Action, EventDraft } from '../core/event.js';
import { type Format, type Outcome, skip } from '../core/format.js';
import { whole } from '../core/text.js';
import { caselessAt, caselessText } from './common/caseless.js';
import { parseDate } from './common/dates.js';
import { answerAction } from './common/dns.js';
import { type Fields, recordFormat } from './common/record-format.js';
import { httpStatus } from './common/squid-codes.js';

// Tables DeviceNetworkEvents and DeviceEvents: learn.microsoft.com/defender-xdr/advanced-hunting-devicenetworkevents-table; the
// streaming API wraps a row in `properties` under `category: AdvancedHunting-DeviceNetworkEvents`.
const connections: Readonly<Record<string, Action>> = {
  connectionsuccess: 'allowed',
  connectionfound: 'allowed',
  connectionacknowledged: 'allowed',
  connectionfailed: 'blocked',
  // What came of a mere attempt, another record says.
  connectionattempt: 'unknown',
  connectionrequest: 'unknown',
};
/** What network protection did with a connection (DeviceEvents). */
const protections: Readonly<Record<string, Action>> = {
  exploitguardnetworkprotectionblocked: 'blocked',
  exploitguardnetworkprotectionaudited: 'allowed',
};

/** `ACME\anna` where there is no principal name. */
function userOf(get: (name: string) => string | undefined): string | undefined {
  const name = get('InitiatingProcessAccountName');
  const domain = get('InitiatingProcessAccountDomain');
  return (
    get('InitiatingProcessAccountUpn') ?? (name === undefined || domain === undefined ? name : `${domain}\\${name}`)
  );
}

function read(fields: Fields, zone: string, before: number): Outcome {
  const get = (name: string) => fields.text(`properties.${name}`, name);
  const type = get('ActionType')?.toLowerCase() ?? '';
  const stamp = get('Timestamp') ?? fields.text('TimeGenerated', 'TimeGenerated [UTC]', 'time');
  const extra = fields.value('properties.AdditionalFields') ?? fields.value('AdditionalFields');
  const more = (...names: readonly string[]) => caselessText(extra, ...names);
  const target = get('RemoteUrl');
  const isUrl = target?.includes('/') === true;
  const event: Omit<EventDraft, 'kind' | 'action'> = {
    time: stamp === undefined ? undefined : parseDate(stamp, 'mdy', zone, before),
    user: userOf(get),
    device: get('DeviceName'),
    src_ip: get('LocalIP'),
    dst_ip: get('RemoteIP'),
    port: whole(get('RemotePort')),
    host: isUrl ? undefined : target,
    url: isUrl ? target : undefined,
  };
  if (/inbound|listening/.test(type) || /^in$/i.test(more('direction') ?? '')) return skip('an incoming connection');
  const action = Object.hasOwn(connections, type) ? connections[type] : protections[type];
  if (action !== undefined) return { ...event, kind: 'web', action };
  if (type === 'httpconnectioninspected')
    return {
      ...event,
      kind: 'web',
      action: 'allowed',
      host: more('host') ?? event.host,
      url: more('uri') ?? event.url,
      method: more('method'),
      status: httpStatus(more('status_code')),
      bytes_out: whole(more('request_body_len')),
      bytes_in: whole(more('response_body_len')),
      user_agent: more('user_agent'),
    };
  if (type === 'sslconnectioninspected')
    return { ...event, kind: 'web', action: 'allowed', host: more('server_name') ?? event.host };
  if (type === 'dnsconnectioninspected')
    return { ...event, kind: 'dns', action: answerAction(more('rcode_name')), host: more('query') };
  if (type === 'dnsqueryresponse')
    return { ...event, kind: 'dns', action: 'allowed', host: more('DnsQueryString') ?? event.host };
  return skip('another type of event');
}

const has = (record: unknown, name: string): boolean => caselessAt(record, name) !== undefined;

/** Microsoft Defender XDR: connections that devices made, from the streaming API, advanced hunting (CSV, JSON) or Sentinel. */
export const format: Format = recordFormat({
  title: 'Microsoft Defender XDR (DeviceNetworkEvents)',
  kinds: ['web', 'dns'],
  what: 'Defender device events',
  mine: (record) => {
    if (/^AdvancedHunting-Device(?:Network)?Events$/i.test(caselessText(record, 'category') ?? '')) return true;
    return (
      has(record, 'ActionType') &&
      has(record, 'DeviceName') &&
      (has(record, 'RemoteIP') || has(record, 'RemoteUrl') || has(record, 'InitiatingProcessFileName'))
    );
  },
  header: (columns) => columns.has('ActionType') && columns.has('DeviceName') && columns.has('RemoteIP', 'RemoteUrl'),
  // Times of exports are UTC and may not say so.
  read: (fields, { modified }) => read(fields, 'UTC', modified),
});
