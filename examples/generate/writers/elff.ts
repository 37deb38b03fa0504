import { dateAndClock } from '../time.js';
import type { Writer } from '../types.js';
import { addressOf, domainLogin, splitPath, status } from './shared.js';

/** W3C extended log of a gateway, separated by tabs. */
export const elff: Writer = {
  format: 'elff',
  ms: false,
  layout: 'lines',
  header: [
    '#Software: Branch Web Gateway 4.2',
    '#Version: 1.0',
    '#Date: 2026-10-19 00:00:00',
    '#Fields: date\ttime\tc-ip\tcs-username\tc-computername\tcs-method\tcs-uri-scheme\tcs-host\tcs-uri-port\tcs-uri-path\tsc-status\tsc-filter-result\tcs-bytes\tsc-bytes\tr-ip\tcs(User-Agent)',
  ],
  footer: [],
  line(rec) {
    const { date, clock } = dateAndClock(rec.at);
    return [
      date,
      clock,
      rec.who.address,
      domainLogin(rec) || '-',
      rec.who.device || '-',
      rec.method,
      rec.port === 443 ? 'https' : 'http',
      rec.host,
      rec.port,
      splitPath(rec).path,
      status(rec),
      rec.blocked ? 'DENIED' : 'OBSERVED',
      rec.sent,
      rec.received,
      addressOf(rec.host),
      rec.agent,
    ].join('\t');
  },
};
