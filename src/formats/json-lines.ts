import { eventKinds } from '../core/event.js';
import { type Format, reject } from '../core/format.js';
import { at, type JsonObject } from '../core/json.js';
import { share } from './common/detect.js';
import { readJson } from './common/json-records.js';
import { compileMapping, ownKeysMapping, ownKeysReader } from './common/mapped.js';

/** A value by its key as written (`event.dns.request` may be one key), else by its path. */
const valueAt = (record: JsonObject, name: string): unknown =>
  Object.hasOwn(record, name) ? record[name] : at(record, name);

const ownMapping = (record: JsonObject) => ownKeysMapping({ type: 'json' }, Object.keys(record).slice(0, 500));

/**
 * Any JSON: one object a line, an array or a page of them; with a mapping file, or without one where the objects have the
 * keys of `halflight parse` (so what `parse` prints can be read again).
 */
export const format: Format = {
  title: 'JSON (with a mapping, or with the keys of `parse`)',
  kinds: eventKinds,
  framing: 'json',
  detect({ json }) {
    const fitting = share(
      json.map((record) => (ownMapping(record) === undefined ? '' : 'own')),
      (kind) => kind === 'own',
    );
    return fitting > 0.5 ? { confidence: 0.55, why: 'JSON objects with the keys that parse prints' } : undefined;
  },
  open(context) {
    const { mapping } = context;
    if (mapping !== undefined && mapping.framing.type !== 'json')
      return { read: () => reject('the mapping is for another framing than json') };
    const mapped = mapping && compileMapping(mapping, context);
    const own = ownKeysReader({ type: 'json' }, context);
    // With a mapping the paths begin at the object as it stands; nothing is taken out of it.
    const mine = (record: JsonObject) => mapped !== undefined || own(Object.keys(record)) !== undefined;
    return {
      read: (text) =>
        readJson(text, mine, (record, header) => {
          const read = mapped ?? own(Object.keys(record));
          if (read === undefined) return reject('none of the known keys is in it: a mapping is needed');
          return read(
            (name) => valueAt(record, name),
            header?.time && (() => header.time?.(context.zone, context.modified)),
          );
        }),
    };
  },
};
