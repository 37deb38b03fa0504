import type { Format } from '../core/format.js';
import { share } from './common/detect.js';
import { createFortinetReader, isFortinet, isFortiProxy, isOrdinaryFortinet } from './common/fortinet.js';

/**
 * Fortinet FortiProxy traffic (connections and `http-transaction`) and UTM logs, "FortiProxy Log Message Reference" 2.0 to 7.6: FortiGate's
 * fields, from a device whose serial number begins with FPX.
 */
export const format: Format = {
  title: 'Fortinet FortiProxy (traffic, HTTP transactions, web filter, DNS, application control, SSL)',
  kinds: ['web', 'dns'],
  framing: 'lines',
  detect(sample) {
    const fitting = share(sample.lines, (line) => isFortinet(line) && isFortiProxy(line));
    if (fitting === 0) return undefined;
    return {
      confidence: fitting < 0.3 ? fitting : 0.5 + 0.47 * fitting,
      why: 'key=value lines of FortiOS with the serial number of a FortiProxy',
    };
  },
  open: createFortinetReader,
  ordinary: isOrdinaryFortinet,
};
