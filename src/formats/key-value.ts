import { eventKinds } from '../core/event.js';
import { type Format, reject } from '../core/format.js';
import { parseKeyValues } from '../core/keyvalue.js';
import { unwrapSyslog } from '../core/syslog.js';
import { share } from './common/detect.js';
import { compileMapping, ownKeysMapping, ownKeysReader } from './common/mapped.js';

const ownMapping = (keys: readonly string[]) => ownKeysMapping({ type: 'key-value' }, keys.slice(0, 500));

/**
 * Any log of `key=value` or `key="quoted value"` pairs, behind a syslog header or not; with a mapping file, or without one
 * where the keys are those of `halflight parse`.
 */
export const format: Format = {
  title: 'key=value text (with a mapping, or with the keys of `parse`)',
  kinds: eventKinds,
  framing: 'lines',
  detect({ lines }) {
    const fitting = share(lines, (line) => {
      if (!/[a-z]=/i.test(line) || /^[[{]/.test(line)) return false;
      return ownMapping([...parseKeyValues(unwrapSyslog(line).message).keys()]) !== undefined;
    });
    return fitting > 0.5 ? { confidence: 0.52, why: 'key=value pairs with the keys that parse prints' } : undefined;
  },
  open(context) {
    const { mapping } = context;
    if (mapping !== undefined && mapping.framing.type !== 'key-value')
      return { read: () => reject('the mapping is for another framing than key-value') };
    const mapped = mapping && compileMapping(mapping, context);
    const own = ownKeysReader({ type: 'key-value' }, context);
    return {
      read(text) {
        const header = unwrapSyslog(text);
        const pairs = parseKeyValues(header.message);
        if (pairs.size === 0) return reject('no key=value pairs');
        const read = mapped ?? own([...pairs.keys()]);
        if (read === undefined) return reject('none of the known keys is in it: a mapping is needed');
        return read((name) => pairs.get(name), header.time && (() => header.time?.(context.zone, context.modified)));
      },
    };
  },
};
