import type { EventDraft } from '../core/event.js';
import { type Format, type FormatContext, type Outcome, type Reader, reject, skip } from '../core/format.js';
import { unwrapSyslog } from '../core/syslog.js';
import { whole } from '../core/text.js';
import { zoneOr } from '../core/time.js';
import { splitHostPort, splitUrl } from '../core/url.js';
import { share } from './common/detect.js';
import { applicationName, type Extension, parseBlankSeparated, pick } from './common/extension.js';
import { httpStatus } from './common/squid-codes.js';
import { parseStamp } from './common/stamp.js';
import { verdict, verdictIn } from './common/verdict.js';

// ArcSight Common Event Format, implementation standard revisions 0.1 to 26 (CEF:0, CEF:1):
// CEF:Version|Vendor|Product|Version|Signature ID|Name|Severity|Extension
// Both the keys (`dhost`) and their full names (`destinationHostName`) occur; keys here in lower case.

/** Labels of the custom fields (`cs1Label=URL cs1=...`), folded to letters and digits, and what they stand for. */
const labels: Readonly<Record<string, readonly string[]>> = {
  url: ['url', 'requesturl', 'fullurl', 'uri', 'httpurl', 'destinationurl'],
  host: [
    'host',
    'hostname',
    'httphost',
    'domain',
    'domainname',
    'fqdn',
    'sni',
    'servername',
    'destinationhost',
    'destinationhostname',
    'destinationdomain',
    'urldomain',
  ],
  query: [
    'query',
    'dnsquery',
    'queryname',
    'domain',
    'domainname',
    'querieddomain',
    'requesteddomain',
    'fqdn',
    'dnsname',
  ],
  agent: ['useragent', 'httpuseragent', 'agent', 'requestuseragent'],
  user: ['user', 'username', 'login', 'loginname', 'useremail', 'email'],
  method: ['method', 'httpmethod', 'requestmethod'],
  status: ['status', 'statuscode', 'httpstatus', 'httpstatuscode', 'responsecode', 'httpresponsecode', 'httpresponse'],
  app: ['application', 'app', 'appname', 'applicationname', 'cloudapp', 'cloudapplication', 'saasapp'],
  action: ['action', 'policyaction', 'verdict', 'disposition'],
  sent: ['bytessent', 'sentbytes', 'requestsize', 'uploadbytes', 'clientbytes'],
  received: ['bytesreceived', 'receivedbytes', 'responsesize', 'downloadbytes', 'serverbytes'],
  clientIp: ['sourceipv6address', 'sourceaddress', 'clientip'],
  serverIp: ['destinationipv6address', 'destinationaddress', 'serverip'],
};

function open(context: FormatContext): Reader {
  return {
    read(text) {
      const { message, time } = unwrapSyslog(text);
      const header = splitHeader(message);
      if (header === undefined) return reject('not a CEF record');
      if (header.length < 8) return reject('the CEF header is incomplete');
      return record(header, () => time?.(context.zone, context.modified));
    },
  };

  function record(header: readonly string[], stamp: () => number | undefined): Outcome {
    const [, vendor = '', , , signature, name, , extension = ''] = header;
    const fields = parseBlankSeparated(extension);
    const custom = customFields(fields);
    const get = (...keys: readonly string[]): string | undefined => unescapeValue(pick(fields, ...keys));
    const labelled = (what: string): string | undefined => {
      for (const label of labels[what] ?? []) {
        const value = unescapeValue(custom.get(label));
        if (value !== undefined) return value;
      }
      return undefined;
    };
    const url = get('request', 'requesturl', 'url') ?? labelled('url');
    const named = splitHostPort(get('dhost', 'destinationhostname', 'destinationhost') ?? '');
    const dns =
      /^dns$/i.test(get('app', 'applicationprotocol') ?? '') ||
      /\bdns (?:query|request)/i.test(name ?? '') ||
      /^dns\b/i.test(get('cat') ?? '');
    const queried =
      dns && url === undefined
        ? (labelled('query') ?? get('destinationdnsdomain', 'query', 'ftntfgtqname', 'qname'))
        : undefined;
    const host =
      queried ?? named.host ?? labelled('host') ?? (splitUrl(url ?? '').host ? undefined : get('destinationdnsdomain'));
    const dst = get('dst', 'destinationaddress') ?? labelled('serverIp') ?? get('destinationtranslatedaddress');
    const service = get('destinationservicename');
    const nowhere = url === undefined && host === undefined && dst === undefined;
    // What identity providers and cloud app brokers write of a sign-in names the application and no address.
    const signin = nowhere && service !== undefined && signingIn.test(`${signature} ${name}`);
    if (nowhere && !signin) return skip('no destination in the record');
    const outcome = get('outcome', 'categoryoutcome', 'eventoutcome');
    const status = httpStatus(outcome) ?? httpStatus(labelled('status') ?? get('responsecode', 'httpstatus'));
    // The standard counts `in` from source to destination, and Palo Alto follows it; nearly all others, Fortinet, Zscaler
    // and Forcepoint among them, mean what the client received.
    const [sent, received] = /palo alto/i.test(vendor) ? ['in', 'out'] : ['out', 'in'];
    const draft: EventDraft = {
      kind: signin ? 'signin' : queried === undefined ? 'web' : 'dns',
      action:
        verdict(get('act', 'deviceaction') ?? labelled('action')) ??
        (status === 407 ? 'blocked' : undefined) ??
        verdict(outcome) ??
        verdictIn(name) ??
        verdictIn(signature) ??
        'unknown',
      time: timeOf(fields) ?? stamp(),
      user: userOf(fields) ?? labelled('user'),
      device: get('shost', 'sourcehostname'),
      src_ip: get('src', 'sourceaddress') ?? labelled('clientIp') ?? get('sourcetranslatedaddress'),
      dst_ip: dst,
      host,
      port: whole(get('dpt', 'destinationport')) ?? named.port,
      url,
      method: get('requestmethod') ?? labelled('method'),
      status,
      bytes_out: whole(get(sent, sent === 'in' ? 'bytesin' : 'bytesout') ?? labelled('sent')),
      bytes_in: whole(get(received, received === 'in' ? 'bytesin' : 'bytesout') ?? labelled('received')),
      user_agent: get('requestclientapplication', 'useragent') ?? labelled('agent'),
      app: service ?? applicationName(labelled('app') ?? get('app', 'applicationprotocol')),
      event_id: get('externalid'),
    };
    if (draft.host === undefined && url === undefined && draft.method === undefined) draft.flow = true;
    return draft;
  }

  function timeOf(fields: Extension): number | undefined {
    const zone = zoneOr(pick(fields, 'dtz', 'devicetimezone'), context.zone);
    for (const key of timeKeys) {
      const value = pick(fields, key);
      const time = value === undefined ? undefined : parseStamp(value, zone, context.modified);
      if (time !== undefined) return time;
    }
    return undefined;
  }
}

const signingIn = /\b(?:log[ _-]?[io]n|sign[ _-]?in|log ?on)\b/i;

/** Those of the standard, then what Fortinet and Netskope write instead. */
const timeKeys =
  'rt devicereceipttime receipttime start starttime end endtime ftntfgteventtime eventtime timestamp'.split(' ');

/** Names keep their `\n`: nobody's name holds a line break, but `ACME\nora` is written without a second backslash. */
function userOf(fields: Extension): string | undefined {
  const name = pick(fields, 'suser', 'sourceusername');
  // A number is no user that anybody could look up: Imperva writes that of the account there.
  const id = pick(fields, 'suid', 'sourceuserid');
  const other = id !== undefined && !/^\d+$/.test(id) ? id : pick(fields, 'duser', 'destinationusername', 'duid');
  return (name ?? other)?.replace(/\\([\\=|])/g, '$1');
}

/** The seven fields of the header, unescaped, and the extension; fewer when there are fewer; undefined without `CEF:`. */
function splitHeader(text: string): string[] | undefined {
  const begin = /^.{0,256}?(?:^|[\s"])CEF: ?\d{1,2}(?:\.\d)?(?=\|)/s.exec(text);
  if (begin === null) return undefined;
  const parts = [''];
  let from = begin[0].length + 1;
  for (let at = from; parts.length < 7 && at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '|') {
      parts.push(
        text
          .slice(from, at)
          .replace(/\\([\\|])/g, '$1')
          .trim(),
      );
      from = at + 1;
    }
  }
  return parts.length < 7 ? parts : [...parts, text.slice(from)];
}

/** Values of `cs1`, `cn2`, `c6a3`, `flexString1`... by their folded label. */
function customFields(fields: Extension): Map<string, string> {
  const custom = new Map<string, string>();
  for (const [key, label] of fields) {
    if (!key.endsWith('label')) continue;
    const value = pick(fields, key.slice(0, -'label'.length));
    const folded = label.toLowerCase().replace(/[^a-z0-9]/g, '');
    if (value !== undefined && !custom.has(folded)) custom.set(folded, value);
  }
  return custom;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r' };
const unescapeValue = (value: string | undefined): string | undefined =>
  value?.replace(/\\([\\=|nr])/g, (_all, c: string) => escapes[c] ?? c);

/** ArcSight CEF of any vendor, with or without syslog header. */
export const format: Format = {
  title: 'CEF (ArcSight Common Event Format)',
  kinds: ['web', 'dns', 'signin'],
  framing: 'lines',
  detect(sample) {
    const fitting = share(sample.lines, (line) => (splitHeader(unwrapSyslog(line).message)?.length ?? 0) === 8);
    return fitting > 0
      ? { confidence: fitting * 0.85, why: `${Math.round(fitting * 100)} % of the first lines are CEF records` }
      : undefined;
  },
  open,
};
