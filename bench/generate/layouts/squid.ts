import { bytes } from '../bytes.js';
import { type Layout, perSecond } from '../layout.js';

const BLANK = 32;
const DOT = 46;
const DASH = 45;
const epoch = perSecond(String);
const spoiled = bytes('17923x6800');
const results = [bytes(' TCP_TUNNEL/'), bytes(' TCP_MISS/'), bytes(' TCP_MEM_HIT/'), bytes(' TCP_REFRESH_UNMODIFIED/')];
const denied = bytes(' TCP_DENIED/');
const [connect, get, post] = [bytes(' CONNECT '), bytes(' GET http://'), bytes(' POST http://')];
const port = bytes(':443 ');
const [direct, none] = [bytes(' HIER_DIRECT/'), bytes(' HIER_NONE/- ')];

/** Squid's native access.log: http://wiki.squid-cache.org/Features/LogFormat */
export const squid: Layout = {
  format: 'squid',
  header: '',
  footer: '',
  logs: { bytesOut: false, bytesIn: true },
  spoils: true,
  tunnelsHide: true,
  write(out, traffic) {
    const { tunnel, refused } = traffic;
    out.put(traffic.kind === 'spoiled' ? spoiled : epoch(traffic.second));
    out.byte(DOT);
    out.padded(traffic.millisecond, 3);
    out.byte(BLANK);
    out.aligned(traffic.duration, 6);
    out.byte(BLANK);
    traffic.writeClient(out);
    out.put(
      refused ? denied : (results[tunnel ? 0 : 1 + (traffic.dice & 7 ? 0 : 1 + ((traffic.dice >>> 3) & 1))] as Buffer),
    );
    out.number(tunnel && !refused ? 200 : traffic.status);
    out.byte(BLANK);
    out.number(traffic.bytesIn);
    const whole = out.at;
    out.put(tunnel ? connect : traffic.post ? post : get);
    traffic.writeHost(out);
    if (tunnel) out.put(port);
    else {
      out.put(traffic.path);
      out.put(traffic.query);
      out.byte(BLANK);
    }
    if (traffic.named) traffic.writeUser(out);
    else out.byte(DASH);
    if (refused) out.put(none);
    else {
      out.put(direct);
      traffic.writeServer(out);
      out.byte(BLANK);
    }
    if (tunnel) out.byte(DASH);
    else out.put(traffic.mimeType);
    return whole;
  },
};
