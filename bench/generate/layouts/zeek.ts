import { bytes } from '../bytes.js';
import { type Layout, perSecond } from '../layout.js';

const TAB = 9;
const epoch = perSecond((second) => `${second}.`);
const spoiled = bytes('17923x6800.');
const uid = bytes('000\tC');
const version = bytes('\t-\t1.1\t');
const [web, proxy] = [bytes('\t80\t1\t'), bytes('\t3128\t1\t')];
const [connect, get, post] = [bytes('CONNECT\t'), bytes('GET\t'), bytes('POST\t')];
const port = bytes(':443');
const origin = bytes('\t-\t');
const [ok, refused] = [
  bytes('\tOK\t-\t-\t(empty)\t-\t-\t-\t-\t-\t-\tF'),
  bytes('\tProxy Authentication Required\t-\t-\t(empty)\t-\t-\t-\t-\t-\t-\tF'),
];
const types =
  'time string addr port addr port count string string string string string string string count count count string count string set[enum] string string set[string] vector[string] vector[string] vector[string] vector[string] vector[string] vector[string]';
const fields =
  'ts uid id.orig_h id.orig_p id.resp_h id.resp_p trans_depth method host uri referrer version user_agent origin request_body_len response_body_len status_code status_msg info_code info_msg tags username password proxied orig_fuids orig_filenames orig_mime_types resp_fuids resp_filenames resp_mime_types';

/** Zeek's http.log, tab-separated; nobody signs in, so people are known by address. */
export const zeek: Layout = {
  format: 'zeek',
  header: `#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\thttp\n#open\t2026-10-19-00-00-00\n#fields\t${fields.replaceAll(' ', '\t')}\n#types\t${types.replaceAll(' ', '\t')}\n`,
  footer: '#close\t2026-10-26-00-00-00\n',
  logs: { bytesOut: true, bytesIn: true },
  spoils: true,
  tunnelsHide: true,
  write(out, traffic) {
    const { tunnel, dice } = traffic;
    out.put(traffic.kind === 'spoiled' ? spoiled : epoch(traffic.second));
    out.padded(traffic.millisecond, 3);
    out.put(uid);
    out.number(dice >>> 1);
    out.byte(TAB);
    traffic.writeClient(out);
    out.byte(TAB);
    out.number(1024 + (dice % 60_000));
    out.byte(TAB);
    traffic.writeServer(out);
    out.put(tunnel ? proxy : web);
    out.put(tunnel ? connect : traffic.post ? post : get);
    const whole = out.at;
    traffic.writeHost(out);
    out.byte(TAB);
    if (tunnel) {
      traffic.writeHost(out);
      out.put(port);
    } else {
      out.put(traffic.path);
      out.put(traffic.query);
    }
    out.put(version);
    out.put(traffic.userAgent);
    out.put(origin);
    out.number(traffic.bytesOut);
    out.byte(TAB);
    out.number(traffic.bytesIn);
    out.byte(TAB);
    // A request that Zeek saw was sent; only the proxy's 407 says that it was not let through.
    out.number(traffic.refused ? 407 : tunnel ? 200 : traffic.status);
    out.put(traffic.refused ? refused : ok);
    out.byte(dice % 9 === 0 ? 122 : 120);
    out.number(dice % 100_000);
    out.byte(TAB);
    out.byte(45);
    out.byte(TAB);
    out.put(traffic.mimeType);
    return whole;
  },
};
