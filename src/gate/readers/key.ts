import type { GateIndex } from '../common/gate-index.js';
import { KeyFinder } from '../common/keys.js';
import type { GateReader } from '../common/reader.js';

const finders = new WeakMap<GateIndex, KeyFinder>();

/** Keys of AI vendors, in every text, also in comments and documentation. Only prefix and place are given. */
export const reader: GateReader = {
  title: 'Committed keys of AI vendors, by their published prefixes',
  reads: ({ kind }) => kind !== 'lock',
  *read(file, index) {
    let finder = finders.get(index);
    if (finder === undefined) {
      finder = new KeyFinder(index);
      finders.set(index, finder);
    }
    for (const { rule, offset } of finder.find(file.text))
      yield {
        kind: 'key',
        service: rule.service.id,
        what: `${rule.value}...`,
        signature: `key ${rule.value}`,
        confidence: rule.confidence,
        line: file.lineOf(offset),
      };
  },
};
