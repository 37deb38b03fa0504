import { type Format, type Outcome, skip } from '../core/format.js';
import { whole } from '../core/text.js';
import { parseTime } from '../core/time.js';
import { splitHostPort, splitUrl } from '../core/url.js';
import { caselessText, objectsOf } from './common/caseless.js';
import { answerAction } from './common/dns.js';
import { type Fields, recordFormat } from './common/record-format.js';
import { httpStatus } from './common/squid-codes.js';

// https://docs.suricata.io/en/latest/output/eve/eve-json-format.html. DNS of version 1 and 2 names the query in `rrname`, version 3
// in `queries`; HTTP/2 names the host in `:authority`.
type Common = Readonly<{ time: number | undefined; src_ip: string | undefined; dst_ip: string | undefined }>;

function dns(fields: Fields, common: Common): Outcome {
  const type = fields.text('dns.type')?.toLowerCase();
  if (type !== 'query' && type !== 'request') return skip('an answer');
  const action = answerAction(undefined);
  const port = whole(fields.text('dest_port'));
  const names = objectsOf(fields.value('dns.queries')).map((query) => caselessText(query, 'rrname'));
  const asked = names.length > 0 ? names.slice(0, 16) : [fields.text('dns.rrname')];
  return asked.map((host) => ({ ...common, kind: 'dns', action, port, host }));
}

function http(fields: Fields, common: Common): Outcome {
  const url = fields.text('http.url');
  const authority = objectsOf(fields.value('http.request_headers')).find(
    (header) => caselessText(header, 'name') === ':authority',
  );
  const asked = splitHostPort(fields.text('http.hostname') ?? caselessText(authority, 'value') ?? '');
  // What was asked of a proxy names its own port; that of the connection is the proxy's.
  const port = splitUrl(url ?? '').port ?? asked.port ?? whole(fields.text('http.http_port', 'dest_port'));
  return {
    ...common,
    kind: 'web',
    action: 'allowed',
    host: asked.host,
    port,
    url,
    method: fields.text('http.http_method'),
    status: httpStatus(fields.text('http.status')),
    bytes_in: whole(fields.text('http.length')),
    user_agent: fields.text('http.http_user_agent'),
  };
}

/** Suricata EVE JSON: DNS queries, HTTP requests, TLS and QUIC handshakes. */
export const format: Format = recordFormat({
  title: 'Suricata EVE JSON (dns, http, tls, quic)',
  kinds: ['dns', 'web'],
  what: 'EVE records of Suricata',
  mine: (record) =>
    typeof record.event_type === 'string' &&
    record.timestamp !== undefined &&
    (record.src_ip !== undefined || record.flow_id !== undefined || /^(?:stats|engine)$/.test(record.event_type)),
  read(fields, { zone, modified }) {
    const type = fields.text('event_type')?.toLowerCase();
    const stamp = fields.text('timestamp');
    const common = {
      time: stamp === undefined ? undefined : parseTime(stamp, zone, modified),
      src_ip: fields.text('src_ip'),
      dst_ip: fields.text('dest_ip'),
    };
    if (type === 'dns') return dns(fields, common);
    if (type === 'http') return http(fields, common);
    if (type === 'tls' || type === 'quic')
      return {
        ...common,
        kind: 'web',
        action: 'allowed',
        port: whole(fields.text('dest_port')),
        host: fields.text(`${type}.sni`),
        user_agent: type === 'quic' ? fields.text('quic.ua') : undefined,
      };
    return skip('another type of event');
  },
});
