import type { Format } from '../core/format.js';
import { unwrapSyslog } from '../core/syslog.js';
import { share } from './common/detect.js';
import { createElffReader } from './common/elff.js';

// SGOS Administration Guide, "Access Log Formats": `main` of SGOS 4 to 7 with its own order, and `bcreportermain_v1`.
const main =
  'date time time-taken c-ip sc-status s-action sc-bytes cs-bytes cs-method cs-uri-scheme cs-host cs-uri-port cs-uri-path cs-uri-query cs-username cs-auth-group s-supplier-name rs(content-type) cs(referer) cs(user-agent) sc-filter-result cs-categories x-virus-id s-ip';
const reporter =
  'date time time-taken c-ip cs-username cs-auth-group x-exception-id sc-filter-result cs-categories cs(referer) sc-status s-action cs-method rs(content-type) cs-uri-scheme cs-host cs-uri-port cs-uri-path cs-uri-query cs-uri-extension cs(user-agent) s-ip sc-bytes cs-bytes x-virus-id';
const presets = [main.split(' '), reporter.split(' ')];

// The begin of a record in either order: date time time-taken c-ip, then status and action, or names and a verdict.
const beginning = /^\d{4}-\d{2}-\d{2}\s+\d{2}:\d{2}:\d{2}\s+(?:\d+|-)\s+[\da-fA-F.:]+\s+/;
const shapes = [
  /^(?:\d{1,3}|-)\s+(?:TCP_|TUNNELED|UDP_|DENIED|FAILED|ALLOWED|NONE|ACCELERATED)[A-Z_]*\s+\d+\s+\d+\s+\S+\s+\S+\s+\S+\s+(?:\d+|-)\s/,
  /^(?:"[^"]{0,500}"|\S+)\s+(?:"[^"]{0,2000}"|\S+)\s+\S+\s+(?:OBSERVED|DENIED|PROXIED|-)\s/,
];

/** Blue Coat / Symantec ProxySG (SGOS): ELFF whose file may lack the header; then the format `main` holds. */
export const format: Format = {
  title: 'Blue Coat / Symantec ProxySG (ELFF main)',
  kinds: ['web'],
  framing: 'lines',
  detect(sample) {
    const lines = sample.lines.map((line) => unwrapSyslog(line).message);
    if (lines.some((line) => /^#software:.{0,60}(?:sgos|proxysg|blue ?coat)/i.test(line)))
      return { confidence: 0.97, why: 'a #Software line names SGOS' };
    if (lines.some((line) => /^#\s?fields:/i.test(line))) return undefined;
    const fitting = share(lines, (line) => {
      const start = beginning.exec(line)?.[0].length;
      return start !== undefined && shapes.some((shape) => shape.test(line.slice(start, start + 4096)));
    });
    return fitting > 0
      ? {
          confidence: fitting * 0.95,
          why: `${Math.round(fitting * 100)} % of the first lines have the order of ProxySG`,
        }
      : undefined;
  },
  open: (context) => createElffReader(context, presets),
};
