import { bytes } from '../bytes.js';
import { type Layout, perSecond } from '../layout.js';

const epoch = perSecond((second) => `{"ts":${second}.`);
const spoiled = bytes('{"ts":"broken","was":0.');
const uid = bytes('000,"uid":"C');
const client = bytes('","id.orig_h":"');
const clientPort = bytes('","id.orig_p":');
const server = bytes(',"id.resp_h":"');
const [web, proxy] = [
  bytes('","id.resp_p":80,"trans_depth":1,"method":"'),
  bytes('","id.resp_p":3128,"trans_depth":1,"method":"'),
];
const [connect, get, post] = [bytes('CONNECT","host":"'), bytes('GET","host":"'), bytes('POST","host":"')];
const uri = bytes('","uri":"');
const port = bytes(':443');
const agent = bytes('","version":"1.1","user_agent":"');
const requestBytes = bytes('","request_body_len":');
const responseBytes = bytes(',"response_body_len":');
const status = bytes(',"status_code":');
const [ok, refused] = [
  bytes(',"status_msg":"OK","tags":[],"resp_fuids":["F'),
  bytes(',"status_msg":"Proxy Authentication Required","tags":[],"resp_fuids":["F'),
];
const types = bytes('"],"resp_mime_types":["');
const end = bytes('"]}');

/** Zeek's http.log as JSON lines. */
export const zeekJson: Layout = {
  format: 'zeek',
  header: '',
  footer: '',
  logs: { bytesOut: true, bytesIn: true },
  spoils: true,
  tunnelsHide: true,
  json: true,
  write(out, traffic) {
    const { tunnel, dice } = traffic;
    out.put(traffic.kind === 'spoiled' ? spoiled : epoch(traffic.second));
    out.padded(traffic.millisecond, 3);
    out.put(uid);
    out.number(dice >>> 1);
    out.put(client);
    traffic.writeClient(out);
    out.put(clientPort);
    out.number(1024 + (dice % 60_000));
    out.put(server);
    traffic.writeServer(out);
    out.put(tunnel ? proxy : web);
    out.put(tunnel ? connect : traffic.post ? post : get);
    traffic.writeHost(out);
    out.put(uri);
    if (tunnel) {
      traffic.writeHost(out);
      out.put(port);
    } else {
      out.put(traffic.path);
      out.put(traffic.query);
    }
    out.put(agent);
    out.put(traffic.userAgent);
    out.put(requestBytes);
    out.number(traffic.bytesOut);
    out.put(responseBytes);
    out.number(traffic.bytesIn);
    out.put(status);
    out.number(traffic.refused ? 407 : tunnel ? 200 : traffic.status);
    out.put(traffic.refused ? refused : ok);
    out.number(dice % 100_000);
    out.put(types);
    out.put(traffic.mimeType);
    out.put(end);
    // Any beginning of a JSON object is broken JSON.
    return out.at;
  },
};
