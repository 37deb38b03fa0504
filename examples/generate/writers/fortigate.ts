import { dateAndClock } from '../time.js';
import type { Writer } from '../types.js';
import { addressOf, digits, lines } from './shared.js';

/** FortiGate web filter log. Its local clock is one hour ahead of UTC; `eventtime` is the instant. */
export const fortigate: Writer = {
  ...lines,
  format: 'fortigate',
  line(rec) {
    const { date, clock } = dateAndClock(rec.at, 1);
    const action = rec.blocked ? 'blocked' : 'passthrough';
    return (
      `date=${date} time=${clock} devname="fw-support" devid="FG100FTK26000001" eventtime=${rec.at}000000 tz="+0100" ` +
      `logid="${rec.blocked ? '0316013056' : '0317013312'}" type="utm" subtype="webfilter" ` +
      `eventtype="${rec.blocked ? 'ftgd_blk' : 'ftgd_allow'}" level="${rec.blocked ? 'warning' : 'notice'}" vd="root" ` +
      `policyid=12 sessionid=${digits(rec, 0, 7)} ${rec.who.login === '' ? '' : `user="${rec.who.login.toUpperCase()}" authserver="ACME-AD" `}` +
      `srcip=${rec.who.address} srcport=${digits(rec, 4, 5)} srcintf="lan" dstip=${addressOf(rec.host)} dstport=${rec.port} ` +
      `dstintf="wan1" proto=6 service="HTTPS" hostname="${rec.host}" profile="default" action="${action}" reqtype="direct" ` +
      `url="${rec.path || '/'}" sentbyte=${rec.sent} rcvdbyte=${rec.received} direction="outgoing" msg="URL belongs to a category" ` +
      'method="domain" cat=52 catdesc="Information Technology"'
    );
  },
};
