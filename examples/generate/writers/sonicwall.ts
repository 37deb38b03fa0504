import { stamp } from '../time.js';
import type { Writer } from '../types.js';
import { addressOf, digits, lines, splitPath, status } from './shared.js';

/** Syslog of SonicOS: the firewall of a branch that knows addresses only. */
export const sonicwall: Writer = {
  ...lines,
  format: 'sonicwall',
  line: (rec) => {
    const fate = rec.blocked
      ? 'm=14 msg="Web site access denied" fw_action="drop"'
      : 'm=97 msg="Web site hit" fw_action="NA"';
    return (
      `<134>id=firewall sn=18B169ACME01 time="${stamp(rec.at)} UTC" fw=192.0.2.91 pri=6 c=1024 gcat=2 ${fate} n=${digits(rec, 0, 6)} ` +
      `src=${rec.who.address}:${40_000 + Number(digits(rec, 6, 4))}:X0 dst=${addressOf(rec.host)}:${rec.port}:X1 proto=tcp/https ` +
      `sent=${rec.sent} rcvd=${rec.received} op=${rec.method} dstname=${rec.host} arg=${splitPath(rec).path} result=${status(rec)}`
    );
  },
};
