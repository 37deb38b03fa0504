import { wall } from '../time.js';
import type { Writer } from '../types.js';
import { addressOf, csv, digits, domainLogin, lines } from './shared.js';

/** PAN-OS URL filtering log: THREAT records of subtype url, 64 columns. */
export const paloalto: Writer = {
  ...lines,
  format: 'paloalto-panos',
  line(rec) {
    const { year, month, day, clock } = wall(rec.at);
    const time = `${year}/${month}/${day} ${clock}`;
    const fields = new Array<string>(64).fill('');
    const put = (at: number, ...values: string[]): void => {
      fields.splice(at, values.length, ...values);
    };
    put(0, '1', time, '016201000123', 'THREAT', 'url', '2561', time, rec.who.address, addressOf(rec.host));
    put(9, '192.0.2.10', addressOf(rec.host), 'outbound-web', domainLogin(rec).toLowerCase(), '', 'ssl', 'vsys1');
    put(16, 'trust', 'untrust', 'ae1.20', 'ae2', 'log-forward', time, digits(rec, 0, 6), '1', digits(rec, 3, 5), '443');
    put(26, '0', '0', '0x403000', 'tcp', rec.blocked ? 'block-url' : 'alert', `${rec.host}${rec.path || '/'}`);
    put(32, '(9999)', 'computer-and-internet-info', 'informational', 'client-to-server', digits(rec, 0, 10));
    put(37, '0x8000000000000000', '10.0.0.0-10.255.255.255', 'United States', '', 'text/html');
    put(46, rec.agent);
    put(58, 'vsys1', 'fw-ops-01');
    put(63, rec.method.toLowerCase());
    return csv(fields);
  },
};
