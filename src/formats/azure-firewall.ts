import type { Action } from '../core/event.js';
import { type Format, type Outcome, reject, skip } from '../core/format.js';
import { whole } from '../core/text.js';
import { parseTime } from '../core/time.js';
import { splitHostPort } from '../core/url.js';
import { caselessText } from './common/caseless.js';
import { answerAction } from './common/dns.js';
import { type Fields, recordFormat } from './common/record-format.js';

// learn.microsoft.com/azure/firewall/monitor-firewall-reference: legacy categories say all in prose (`properties.msg`), structured
// ones (AZFW...) have columns of their own; Log Analytics names the category in `Type` or `Category`, the prose `msg_s`.
const requests =
  /^(HTTPS?|TCP|UDP|ICMP[^\n]{0,20}?|MSSQL|\S{1,20}) +request from (\S{1,64}?)(?: to (\S{1,300}?))?\. (?:Url: (\S{1,8192}) )?/i;
const dnsRequest =
  /^DNS Request: (\S{2,64}) - \d{1,6} [A-Z]\w{0,15} (?:IN|CH|HS|ANY|CLASS\d{1,5}) (\S{1,1024}) \S{1,8} \d{1,6} \S{1,6} \d{1,6} (\S{1,20})/i;

function actionOf(word: string | undefined): Action {
  if (/^(?:allow|alert)/i.test(word ?? '')) return 'allowed';
  return /^(?:den|block|drop|reset)/i.test(word ?? '') ? 'blocked' : 'unknown';
}

/** Address and port of `10.0.0.4:1234`; an address only where it is one. */
const endOf = (text: string | undefined) => splitHostPort(text ?? '');

function prose(text: string, time: number | undefined): Outcome {
  const dns = dnsRequest.exec(text);
  if (dns !== null)
    return { kind: 'dns', action: answerAction(dns[3]), time, src_ip: endOf(dns[1]).host, host: dns[2] };
  if (/^Error:/.test(text)) return skip('an error of the DNS proxy');
  if (/ was DNAT'ed to /.test(text)) return skip('an incoming connection');
  const found = requests.exec(text);
  if (found === null) return reject('a message that cannot be read');
  // The URL comes first and may hold anything but blanks: the verdict is looked for behind it.
  const verdict = /^(?:Action: |.{0,600}?\. Action: )(\w{1,20})/.exec(text.slice(found[0].length))?.[1];
  const target = endOf(found[3]);
  const isAddress = target.host !== undefined && /^[\d.]+$|:/.test(target.host);
  return {
    kind: 'web',
    action: actionOf(verdict),
    time,
    src_ip: endOf(found[2]).host,
    dst_ip: isAddress ? target.host : undefined,
    host: isAddress ? undefined : target.host,
    port: target.port,
    url: found[4]?.replace(/\.$/, ''),
    ...(isAddress && { flow: true }),
  };
}

function structured(fields: Fields, category: string, time: number | undefined): Outcome {
  const get = (name: string) => fields.text(`properties.${name}`, name);
  const src_ip = get('SourceIp');
  if (/DnsQuery$/i.test(category))
    return { kind: 'dns', action: answerAction(get('ResponseCode')), time, src_ip, host: get('QueryName') };
  if (!/(?:ApplicationRule|NetworkRule|ThreatIntel)$/i.test(category)) return skip('another category');
  return {
    kind: 'web',
    action: actionOf(get('Action')),
    time,
    src_ip,
    dst_ip: get('DestinationIp'),
    port: whole(get('DestinationPort')),
    host: get('Fqdn'),
    url: get('TargetUrl'),
    ...(/NetworkRule$/i.test(category) && { flow: true }),
  };
}

/** Azure Firewall: application and network rules, DNS proxy, threat intelligence; legacy and structured logs. */
export const format: Format = recordFormat({
  title: 'Azure Firewall (application and network rules, DNS proxy)',
  kinds: ['web', 'dns'],
  what: 'Azure Firewall records',
  mine: (record) => /^(?:AzureFirewall|AZFW)/i.test(caselessText(record, 'category', 'Type', 'operationName') ?? ''),
  read(fields, { modified }) {
    const stamp = fields.text('time', 'TimeGenerated', 'TimeGenerated [UTC]');
    const time = stamp === undefined ? undefined : parseTime(stamp, 'UTC', modified);
    const message = fields.text('properties.msg', 'msg_s', 'msg');
    const category = fields.text('category', 'Type') ?? fields.text('operationName') ?? '';
    if (message !== undefined) return prose(message, time);
    return /^AZFW/i.test(category) ? structured(fields, category, time) : reject('a record without a message');
  },
});
