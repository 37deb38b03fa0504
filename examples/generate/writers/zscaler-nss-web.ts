import { wall } from '../time.js';
import type { Rec, Writer } from '../types.js';
import { addressOf, digits, lines, quoted, status } from './shared.js';

const ctime = (at: number): string => {
  const { weekday, monthName, day, clock, year } = wall(at);
  return `${weekday} ${monthName} ${day} ${clock} ${year}`;
};
const target = (rec: Rec): string => `${rec.host}${rec.path || '/'}`;

/** Zscaler NSS web feed as JSON; URLs in Base64, which hides the host from a look at the raw line. */
export const zscalerJson: Writer = {
  ...lines,
  format: 'zscaler-nss-web',
  line: (rec) =>
    JSON.stringify({
      sourcetype: 'zscalernss-web',
      event: {
        datetime: ctime(rec.at),
        tz: 'GMT',
        recordid: Number(digits(rec, 0, 12)),
        login: rec.who.email || 'None',
        dept: rec.who.group || 'None',
        devicehostname: rec.who.device || 'NA',
        cip: rec.who.address,
        sip: addressOf(rec.host),
        proto: 'HTTPS',
        b64url: Buffer.from(target(rec)).toString('base64'),
        reqmethod: rec.method,
        respcode: String(status(rec)),
        reqsize: rec.sent,
        respsize: rec.received,
        action: rec.blocked ? 'Blocked' : 'Allowed',
        appname: 'General Browsing',
        urlcat: 'Professional Services',
        ua: rec.agent,
      },
    }),
};

/** The same feed as CSV in the documented order of fields, which has no header. */
export const zscalerCsv: Writer = {
  ...lines,
  format: 'zscaler-nss-web',
  line: (rec) =>
    quoted([
      ctime(rec.at),
      rec.who.email || 'None',
      'HTTPS',
      target(rec),
      rec.blocked ? 'Blocked' : 'Allowed',
      'General Browsing',
      'General Browsing',
      rec.sent,
      rec.received,
      '120',
      '340',
      'Business Use',
      'Information Technology',
      'Professional Services',
      'None',
      'None',
      '0',
      'None',
      'None',
      'Road Warrior',
      rec.who.group || 'None',
      rec.who.address,
      addressOf(rec.host),
      rec.method,
      status(rec),
      rec.agent,
      'None',
      rec.blocked ? 'URL_Filtering' : 'None',
      rec.blocked ? 'Block_List' : 'None',
      'text/html',
      'None',
      rec.who.login || 'None',
      rec.who.device || 'None',
    ]),
};
