import { splitCsv } from '../core/csv.js';
import { type Format, type FormatContext, type Outcome, type Reader, reject, skip } from '../core/format.js';
import { parseDayMonth } from '../core/time.js';
import { share } from './common/detect.js';
import { dayMs, leaseOf } from './common/lease.js';

// The audit log of Windows DHCP Server (DhcpSrvLog-Mon.log): ids 10 new lease, 11 renewed, 12 released, 16 deleted, 17 and 18 expired,
// 20 and 21 BOOTP. Dates are month first in every locale. The log says no lifetime: 8 days is the server's default.
// https://learn.microsoft.com/windows-server/networking/technologies/dhcp/dhcp-deploy-wps (analyze DHCP server log files)
const row = /^(\d{2,5}),(\d\d\/\d\d\/\d\d(?:\d\d)?),(\d\d:\d\d:\d\d),/;
const header = /^ID,Date,Time,Description,IP Address,Host Name,MAC Address/i;
const begins: ReadonlySet<string> = new Set(['10', '11', '20', '21']);
const ends: ReadonlySet<string> = new Set(['12', '16', '17', '18']);
const usual = 8 * dayMs;

function open({ zone }: FormatContext): Reader {
  return {
    read(text): Outcome {
      const m = row.exec(text);
      // The file begins with a page of explanations.
      if (m === null)
        return /^\d+,\d/.test(text) ? reject('not a row of the DHCP audit log') : skip('header or explanation');
      const [, id = '', date = '', clock = ''] = m;
      if (!begins.has(id) && !ends.has(id)) return skip('another message of the DHCP server');
      const fields = splitCsv(text);
      if (fields === undefined) return reject('not a row of the DHCP audit log');
      const at = parseDayMonth(`${date} ${clock}`, 'mdy', zone);
      const [address, device, mac] = [fields[4]?.trim(), fields[5]?.trim(), fields[6]?.trim()];
      if (ends.has(id)) return leaseOf({ address, at, ended: true });
      return leaseOf({ address, at, until: at === undefined ? undefined : at + usual, device, mac });
    },
  };
}

/** The audit log of Windows DHCP Server. */
export const format: Format = {
  title: 'Windows DHCP Server (audit log)',
  kinds: [],
  framing: 'lines',
  detect(sample) {
    if (sample.lines.some((line) => header.test(line)))
      return { confidence: 0.98, why: 'the header of the audit log of Windows DHCP Server' };
    const explained = /Microsoft (?:Windows )?DHCP (?:Service|Server)/i.test(sample.lines[0]?.slice(0, 200) ?? '');
    if (explained) return { confidence: 0.95, why: 'the explanations before the audit log of Windows DHCP Server' };
    const own = share(sample.lines, (line) =>
      /^(?:1[0-8]|2[01]|[23]\d),\d\d\/\d\d\/\d\d(?:\d\d)?,\d\d:\d\d:\d\d,[^,]{1,40},/.test(line),
    );
    return own < 0.9 ? undefined : { confidence: 0.85, why: 'rows of the audit log of Windows DHCP Server' };
  },
  open,
};
