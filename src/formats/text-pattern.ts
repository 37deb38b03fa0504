import { RE2JS } from 're2js';
import { eventKinds } from '../core/event.js';
import { type Format, reject } from '../core/format.js';
import { unwrapSyslog } from '../core/syslog.js';
import { compileMapping } from './common/mapped.js';

/**
 * Any text, one record a line, taken apart by the regular expression of a mapping file. The expression runs in linear time
 * (RE2), whatever the log holds. It is tried on the line, then on what follows a syslog header.
 */
export const format: Format = {
  title: 'Text (with a regular expression in a mapping)',
  kinds: eventKinds,
  framing: 'lines',
  detect: () => undefined,
  open(context) {
    const { mapping } = context;
    if (mapping?.framing.type !== 'regex')
      return { read: () => reject('a mapping with a regular expression is needed') };
    const pattern = RE2JS.compile(mapping.framing.pattern);
    const names = pattern.namedGroups();
    const groups = pattern.groupCount();
    const read = compileMapping(mapping, context);
    return {
      read(text) {
        let matcher = pattern.matcher(text);
        let header: ReturnType<typeof unwrapSyslog> | undefined;
        if (!matcher.find()) {
          header = unwrapSyslog(text);
          matcher = pattern.matcher(header.message);
          if (!header.wrapped || !matcher.find()) return reject('the line does not match the pattern');
        }
        return read(
          (name) => {
            const group = Object.hasOwn(names, name) ? names[name] : /^\d{1,3}$/.test(name) ? Number(name) : undefined;
            return group === undefined || group > groups ? undefined : (matcher.group(group) ?? undefined);
          },
          header?.time && (() => header?.time?.(context.zone, context.modified)),
        );
      },
    };
  },
};
