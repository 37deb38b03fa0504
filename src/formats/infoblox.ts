import type { Format } from '../core/format.js';
import { share } from './common/detect.js';
import { isInfoblox, isQueryLine, namedLayout, readNamed } from './common/named.js';

/** Infoblox NIOS DNS over syslog: queries, and responses, which name the query and its outcome in one line. */
export const format: Format = {
  title: 'Infoblox NIOS DNS (queries and responses)',
  kinds: ['dns'],
  framing: 'lines',
  detect(sample) {
    const fitting = share(sample.lines, (line) => isQueryLine(line) || /\bnamed\[\d+\]:/.test(line));
    if (!sample.lines.some(isQueryLine) || !sample.lines.some(isInfoblox)) return undefined;
    return { confidence: 0.5 + 0.47 * fitting, why: 'lines of named with what Infoblox adds to them' };
  },
  open: (context) => ({ layout: () => namedLayout, state: () => '', read: (text) => readNamed(text, context) }),
};
