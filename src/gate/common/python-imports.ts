import type { GateIndex } from './gate-index.js';
import { parents } from './package-names.js';

/** Top-level modules whose name is not that of their package. Source: the documentation of each package. */
const otherNames = new Map([
  ['vertexai', 'google-cloud-aiplatform'],
  ['deepgram', 'deepgram-sdk'],
  ['volcenginesdkarkruntime', 'volcengine-python-sdk'],
]);

const importLine =
  /^[ \t]{0,200}(?:from[ \t]+([A-Za-z_][\w.]{0,300})[ \t]+import[ \t(]+([A-Za-z_]\w{0,100})?|import[ \t]+([A-Za-z_][\w., \t]{0,1000}))/gm;

export interface Import {
  package: string;
  offset: number;
}

/**
 * The catalog's packages that lines of Python import. A module belongs to the package whose name its dotted name begins, with `.` and `_`
 * as `-`: `google.generativeai` is google-generativeai, `from google import genai` is google-genai.
 */
export function* pythonImports(text: string, index: GateIndex): Generator<Import> {
  for (const match of text.matchAll(importLine)) {
    const [, from, first, plain] = match;
    const names =
      from !== undefined
        ? [first === undefined ? from : `${from}.${first}`]
        : (plain ?? '').split(',').map((part) => part.trim().split(/[ \t]/)[0] ?? '');
    for (const name of names) {
      const found = packageOf(name, index);
      if (found !== undefined) yield { package: found, offset: match.index };
    }
  }
}

function packageOf(name: string, index: GateIndex): string | undefined {
  for (const parent of parents(name, '.')) {
    if (index.package('pypi', parent) !== undefined) return parent;
    const other = otherNames.get(parent);
    if (other !== undefined && index.package('pypi', other) !== undefined) return other;
  }
  return undefined;
}
