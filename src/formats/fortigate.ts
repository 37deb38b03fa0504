import type { Format } from '../core/format.js';
import { share } from './common/detect.js';
import { createFortinetReader, isFortinet, isFortiProxy, subtypes } from './common/fortinet.js';

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
  ordinary,
};

/**
 * The speed path: `date=... time=...` at the start (after a priority), then plain ASCII pairs up to the source address, with a
 * type among them that `read` always turns into one event. The tokens are those of `parseKeyValues`.
 */
function ordinary(bytes: Uint8Array, from: number, end: number): boolean {
  let at = from;
  if (bytes[at] === 60) while (at < end && bytes[at++] !== 62) if (at - from > 4) return false;
  const first = at;
  let type = 0;
  let sub = 0;
  while (at < end) {
    const key = at;
    while (at < end && isKeyByte[bytes[at] ?? 0] === 1) at++;
    if (at === key || bytes[at] !== 61) return false;
    const keyEnd = at++;
    let value = at;
    let valueEnd: number;
    if (bytes[at] === 34) {
      if (key === first) return false;
      value = ++at;
      while (at < end && bytes[at] !== 34) {
        const byte = bytes[at++] ?? 0;
        if (byte === 92 || byte > 126 || byte < 32) return false;
      }
      valueEnd = at++;
    } else {
      while (at < end && bytes[at] !== 32) {
        const byte = bytes[at++] ?? 0;
        if (byte === 34 || byte === 44 || byte > 126 || byte < 33) return false;
      }
      valueEnd = at;
    }
    if (at >= end || bytes[at++] !== 32) return false;
    if (key === first && !equals(bytes, key, keyEnd, 'date')) return false;
    if (valueEnd === value) return false;
    if (type === 0 && equals(bytes, key, keyEnd, 'type')) {
      if (equals(bytes, value, valueEnd, 'traffic')) type = sub = 1;
      else if (equals(bytes, value, valueEnd, 'utm')) type = 1;
      else return false;
    } else if (sub === 0 && equals(bytes, key, keyEnd, 'subtype')) {
      if (!subtypes.some((word) => equals(bytes, value, valueEnd, word))) return false;
      sub = 1;
    } else if (type === 1 && sub === 1 && equals(bytes, key, keyEnd, 'srcip')) {
      const byte = bytes[value] ?? 0;
      return byte > 47 && byte < 58;
    }
  }
  return false;
}
const isKeyByte = new Uint8Array(256);
for (const byte of Buffer.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.'))
  isKeyByte[byte] = 1;

function equals(bytes: Uint8Array, from: number, end: number, word: string): boolean {
  if (end - from !== word.length) return false;
  for (let i = 0; i < word.length; i++) if (bytes[from + i] !== word.charCodeAt(i)) return false;
  return true;
}
