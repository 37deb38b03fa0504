import { bytes } from '../bytes.js';
import { type Layout, perSecond } from '../layout.js';

const BLANK = 32;
const DASH = 45;
const stamp = perSecond((second) => new Date(second * 1000).toISOString().slice(0, 19).replace('T', ' '));
const spoiled = bytes('2026-13-41 00:00:00');
const observed = bytes(' - - OBSERVED "Business/Economy;Web Hosting" - ');
const denied = bytes(' Staff policy_denied DENIED "Business/Economy;Web Hosting" - ');
const [tunneled, miss, hit, refused] = [
  bytes(' TCP_TUNNELED '),
  bytes(' TCP_NC_MISS '),
  bytes(' TCP_HIT '),
  bytes(' TCP_DENIED '),
];
const [connect, get, post] = [bytes('CONNECT - tcp '), bytes('GET '), bytes('POST ')];
const [https, http] = [bytes(' https '), bytes(' http ')];
const [port, plainPort] = [bytes(' 443 '), bytes(' 80 ')];
const noPath = bytes('/ - - "');
const proxyAddress = bytes('" 10.9.0.1 ');
const end = bytes(' - "none" "none"');
const fields =
  'date time time-taken c-ip cs-username cs-auth-group x-exception-id sc-filter-result cs-categories cs(Referer) sc-status s-action cs-method rs(Content-Type) cs-uri-scheme cs-host cs-uri-port cs-uri-path cs-uri-query cs-uri-extension cs(User-Agent) s-ip sc-bytes cs-bytes x-virus-id x-bluecoat-application-name x-bluecoat-application-operation';

/** W3C extended log of a Blue Coat / Symantec ProxySG, format `bcreportermain_v1`. */
export const elff: Layout = {
  format: 'bluecoat',
  header: `#Software: SGOS 7.3.10.1\n#Version: 1.0\n#Start-Date: 2026-10-19 00:00:00\n#Date: 2026-10-19 00:00:00\n#Fields: ${fields}\n#Remark: 1234567 "proxysg01" "10.9.0.1" "main"\n`,
  footer: '',
  logs: { bytesOut: true, bytesIn: true },
  spoils: true,
  tunnelsHide: true,
  write(out, traffic) {
    const { tunnel, dice } = traffic;
    out.put(traffic.kind === 'spoiled' ? spoiled : stamp(traffic.second));
    out.byte(BLANK);
    out.number(traffic.duration);
    out.byte(BLANK);
    traffic.writeClient(out);
    out.byte(BLANK);
    if (traffic.named) traffic.writeUser(out);
    else out.byte(DASH);
    const whole = out.at;
    out.put(traffic.refused ? denied : observed);
    out.number(tunnel && !traffic.refused ? 200 : traffic.status);
    out.put(traffic.refused ? refused : tunnel ? tunneled : (dice & 7) === 0 ? hit : miss);
    if (tunnel) out.put(connect);
    else {
      out.put(traffic.post ? post : get);
      out.put(traffic.mimeType);
      out.put((dice & 3) === 0 ? http : https);
    }
    traffic.writeHost(out);
    out.put(tunnel || (dice & 3) !== 0 ? port : plainPort);
    if (tunnel) out.put(noPath);
    else {
      out.put(traffic.path);
      out.byte(BLANK);
      if (traffic.query.length === 0) out.byte(DASH);
      else out.put(traffic.query);
      out.byte(BLANK);
      out.byte(DASH);
      out.byte(BLANK);
      out.byte(34);
    }
    out.put(traffic.userAgent);
    out.put(proxyAddress);
    out.number(traffic.bytesIn);
    out.byte(BLANK);
    out.number(traffic.bytesOut);
    out.put(end);
    return whole;
  },
};
