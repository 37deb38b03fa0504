import { bytes } from '../bytes.js';
import { type Layout, perSecond } from '../layout.js';

const [weekdays, months] = [
  ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
  ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
];
const QUOTE = 34;
const next = bytes('","');
const stamp = perSecond((second) => {
  const time = new Date(second * 1000);
  const day = String(time.getUTCDate()).padStart(2, ' ');
  return `${weekdays[time.getUTCDay()]} ${months[time.getUTCMonth()]} ${day} ${time.toISOString().slice(11, 19)} ${time.getUTCFullYear()}`;
});
const company = bytes('@acme.example","');
const none = bytes('None","');
const [ssl, https, http] = [bytes('SSL","'), bytes('HTTPS","'), bytes('HTTP","')];
const port = bytes(':443');
const [allowed, blocked] = ['Allowed', 'Blocked'].map((action) =>
  bytes(`","${action}","General Browsing","General Browsing","`),
);
const classes = bytes(
  'Business Use","Business and Economy","Corporate Marketing","None","None","0","None","None","Headquarters, Building ',
);
const departments = ['Sales', 'R&D ""Lab""', 'Finance, Tax', 'IT', 'Legal'].map((name) => bytes(`","${name}","`));
const [connect, get, post] = [bytes('","CONNECT","'), bytes('","GET","'), bytes('","POST","')];
const referrers = [
  bytes('","None"'),
  bytes('","None"'),
  bytes('","www.portal.example/start"'),
  bytes('","intranet.acme.example/a?b=c,d"'),
];

/** Zscaler NSS web log as CSV in the documented order of fields, which has no header. */
export const zscaler: Layout = {
  format: 'zscaler-nss-web',
  header: '',
  footer: '',
  logs: { bytesOut: true, bytesIn: true },
  spoils: false,
  tunnelsHide: true,
  write(out, traffic) {
    const { tunnel, dice } = traffic;
    out.byte(QUOTE);
    out.put(stamp(traffic.second));
    out.put(next);
    if (traffic.named) {
      traffic.writeUser(out);
      out.put(company);
    } else out.put(none);
    out.put(tunnel ? ssl : (dice & 7) === 0 ? http : https);
    const whole = out.at;
    traffic.writeHost(out);
    if (tunnel) out.put(port);
    else {
      out.put(traffic.path);
      out.put(traffic.query);
    }
    out.put((traffic.refused ? blocked : allowed) as Buffer);
    out.number(traffic.bytesOut);
    out.put(next);
    out.number(traffic.bytesIn);
    out.put(next);
    out.number(traffic.duration % 900);
    out.put(next);
    out.number(traffic.duration % 1500);
    out.put(next);
    out.put(classes);
    out.number(1 + (dice % 9));
    out.put(departments[traffic.user % departments.length] as Buffer);
    traffic.writeClient(out);
    out.put(next);
    traffic.writeServer(out);
    out.put(tunnel ? connect : traffic.post ? post : get);
    out.number(tunnel && !traffic.refused ? 200 : traffic.status);
    out.put(next);
    out.put(traffic.userAgent);
    out.put(referrers[(dice >>> 5) & 3] as Buffer);
    return whole;
  },
};
