import type { Format } from '../core/format.js';
import { share } from './common/detect.js';
import { createFortinetReader, isFortinet, isFortiProxy, isOrdinaryFortinet } from './common/fortinet.js';

/** Fortinet FortiGate (FortiOS) traffic and UTM logs: key=value or CSV, with or without syslog header. */
export const format: Format = {
  title: 'Fortinet FortiGate (traffic, web filter, DNS, application control, SSL)',
  kinds: ['web', 'dns'],
  framing: 'lines',
  detect(sample) {
    const fitting = share(sample.lines, (line) => isFortinet(line) && !isFortiProxy(line));
    if (fitting === 0) return undefined;
    return {
      confidence: fitting < 0.3 ? fitting : 0.5 + 0.46 * fitting,
      why: 'key=value lines with the logid, type, subtype and devid of FortiOS',
    };
  },
  open: createFortinetReader,
  ordinary: isOrdinaryFortinet,
};
