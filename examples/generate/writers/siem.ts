import { isoTime } from '../time.js';
import type { Writer } from '../types.js';
import { addressOf, domainLogin, lines, status, url } from './shared.js';

const escapeCef = (text: string): string => text.replace(/[\\=]/g, (c) => `\\${c}`);

/** CEF behind an RFC 5424 syslog header. */
export const cef: Writer = {
  ...lines,
  format: 'cef',
  line: (rec) =>
    `<134>1 ${isoTime(rec.at)} swg-support - - - - CEF:0|Acme Security|Web Gateway|9.1|${rec.blocked ? '104|URL denied' : '100|URL permitted'}|3|` +
    `rt=${rec.at} act=${rec.blocked ? 'blocked' : 'permitted'} src=${rec.who.address} suser=${escapeCef(domainLogin(rec))} ` +
    `shost=${rec.who.device} dhost=${rec.host} dst=${addressOf(rec.host)} dpt=${rec.port} request=${escapeCef(url(rec))} requestMethod=${rec.method} ` +
    `outcome=${status(rec)} out=${rec.sent} in=${rec.received} requestClientApplication=${escapeCef(rec.agent)}`,
};

/** LEEF 1.0, fields between tabs. */
export const leef: Writer = {
  ...lines,
  format: 'leef',
  line: (rec) =>
    `LEEF:1.0|Acme Security|SecureGate|3.4|${rec.blocked ? 'deny' : 'allow'}|` +
    [
      `devTime=${rec.at}`,
      `usrName=${rec.who.login}`,
      `src=${rec.who.address}`,
      `dst=${addressOf(rec.host)}`,
      `dstPort=${rec.port}`,
      `url=${url(rec)}`,
      `method=${rec.method}`,
      `action=${rec.blocked ? 'blocked' : 'allowed'}`,
      `srcBytes=${rec.sent}`,
      `dstBytes=${rec.received}`,
      `userAgent=${rec.agent}`,
    ].join('\t'),
};
