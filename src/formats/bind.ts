import type { Format } from '../core/format.js';
import { share } from './common/detect.js';
import { isInfoblox, isQueryLine, namedLayout, readNamed } from './common/named.js';

/** BIND 9 query log, as named writes it to a file or to syslog, with or without time, category and severity. */
export const format: Format = {
  title: 'BIND query log',
  kinds: ['dns'],
  framing: 'lines',
  detect(sample) {
    const fitting = share(sample.lines, isQueryLine);
    if (fitting === 0 || sample.lines.some(isInfoblox)) return undefined;
    return { confidence: 0.5 + 0.45 * fitting, why: 'lines of named with client, query, class and type' };
  },
  open: (context) => ({ layout: () => namedLayout, state: () => '', read: (text) => readNamed(text, context) }),
};
