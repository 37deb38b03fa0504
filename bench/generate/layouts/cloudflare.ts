import { bytes } from '../bytes.js';
import { type Layout, perSecond } from '../layout.js';

const beginning = ['allow', 'block'].map((action) =>
  bytes(
    `{"AccountID":"a1b2c3d4e5f60718293a4b5c6d7e8f90","Action":"${action}","BlockedFileReason":"unknown","Datetime":"`,
  ),
);
const stamp = perSecond((second) => new Date(second * 1000).toISOString().slice(0, 20).replace('Z', '.'));
const server = bytes('Z","DestinationIP":"');
const device = bytes('","DestinationPort":443,"DeviceID":"7c0f0a10-0000-4000-8000-');
const email = bytes('","DeviceName":"","Email":"');
const company = bytes('@acme.example');
const host = bytes('","HTTPHost":"');
const [get, post] = [bytes('","HTTPMethod":"GET","HTTPStatusCode":'), bytes('","HTTPMethod":"POST","HTTPStatusCode":')];
const referrer = ['', 'https://www.portal.example/', 'https://intranet.acme.example/\\"a\\"', ''].map((text) =>
  bytes(
    `,"HTTPVersion":"HTTP/2","IsIsolated":false,"PolicyID":"00000000-0000-0000-0000-000000000000","Referer":"${text}","RequestID":"1884fec9b600007fb06a`,
  ),
);
const source = bytes('","SourceIP":"');
const sourcePort = bytes('","SourcePort":');
const url = bytes(',"URL":"https://');
const agent = bytes('","UserAgent":"');
const [user, nobody] = [bytes('","UserID":"166befbb-00e3-5e20-bd6e-'), bytes('","UserID":"00000000-0000-0000-0000-')];
const end = bytes('"}');

/** Cloudflare Gateway HTTP, dataset `gateway_http` of Logpush, as JSON lines; it logs no sizes. */
export const cloudflare: Layout = {
  format: 'cloudflare-gateway-http',
  header: '',
  footer: '',
  logs: { bytesOut: false, bytesIn: false },
  spoils: false,
  tunnelsHide: false,
  json: true,
  write(out, traffic) {
    const { dice } = traffic;
    out.put(beginning[traffic.refused ? 1 : 0] as Buffer);
    out.put(stamp(traffic.second));
    out.padded(traffic.millisecond, 3);
    out.put(server);
    traffic.writeServer(out);
    out.put(device);
    out.padded(traffic.user, 12);
    out.put(email);
    if (traffic.named) {
      traffic.writeUser(out);
      out.put(company);
    }
    out.put(host);
    traffic.writeHost(out);
    out.put(traffic.post ? post : get);
    out.number(traffic.refused ? 0 : traffic.status);
    out.put(referrer[(dice >>> 5) & 3] as Buffer);
    out.padded(dice >>> 1, 10);
    out.put(source);
    traffic.writeClient(out);
    out.put(sourcePort);
    out.number(1024 + (dice % 60_000));
    out.put(url);
    traffic.writeHost(out);
    out.put(traffic.path);
    out.put(traffic.query);
    out.put(agent);
    out.put(traffic.userAgent);
    out.put(traffic.named ? user : nobody);
    out.padded(traffic.named ? traffic.user : 0, 12);
    out.put(end);
    return out.at;
  },
};
