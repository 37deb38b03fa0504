import type { Format } from '../core/format.js';
import { unwrapSyslog } from '../core/syslog.js';
import { headerLine } from './common/detect.js';
import { createElffReader } from './common/elff.js';

/** W3C extended log file with `#Fields` lines: proxies, gateways, IIS, ISA/TMG; any order of fields. */
export const format: Format = {
  title: 'W3C extended log (ELFF)',
  kinds: ['web'],
  framing: 'lines',
  detect(sample) {
    const header = headerLine(sample.lines, (line) => /^#\s?fields:/i.test(unwrapSyslog(line).message));
    if (header === undefined) return undefined;
    // Names with a prefix (`cs-method`) are the draft's; a few common words are any program's.
    const typical = /\b(?:cs?|sc?|rs?|sr|x|dst|src)-\w|cs\(/i.test(header.line);
    return { confidence: (typical ? 0.95 : 0.6) * header.trust, why: 'a #Fields line names the columns' };
  },
  open: (context) => createElffReader(context),
};
