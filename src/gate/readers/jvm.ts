import { packageTrace } from '../common/gate-index.js';
import type { GateReader } from '../common/reader.js';

const imported = /^[ \t]{0,100}import[ \t]+(?:static[ \t]+)?([a-z][\w.]{2,300})/gm;

/** Imports in Java, Kotlin, Scala and Groovy: a class belongs to the packages whose group begins its name. */
export const reader: GateReader = {
  title: 'Java, Kotlin, Scala, Groovy: import',
  reads: ({ language, name }) => language === 'jvm' && !name.includes('.gradle'),
  *read(file, index) {
    const seen = new Set<string>();
    for (const match of file.text.matchAll(imported)) {
      const rule = index.jvmClass(match[1] ?? '');
      if (rule === undefined || seen.has(rule.value) || file.inComment(match.index)) continue;
      seen.add(rule.value);
      yield packageTrace('import', rule, file, match.index);
    }
  },
};
