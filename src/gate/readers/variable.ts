import { namedTrace } from '../common/gate-index.js';
import type { GateReader } from '../common/reader.js';

const name = /(?<![A-Za-z0-9_])[A-Z][A-Z0-9]{0,40}(?:_[A-Z0-9]{1,40}){1,8}(?![A-Za-z0-9_])/g;
/** How programs ask for a variable, in the few characters before its name. */
const asked = /env[^;,\n]{0,20}$/i;

/**
 * Environment variables: in environment templates, other configuration and infrastructure code by their name, in programs where the
 * environment is asked for it.
 */
export const reader: GateReader = {
  title: 'Environment variables: .env templates, configuration, infrastructure code, process.env and the like',
  reads: ({ kind }) => kind === 'code' || kind === 'config',
  *read(file, index) {
    const seen = new Set<string>();
    for (const { 0: variable, index: offset } of file.text.matchAll(name)) {
      if (seen.has(variable)) continue;
      const named = index.variable(variable);
      if (named === undefined || file.inComment(offset)) continue;
      if (file.name.kind === 'code' && !asked.test(file.text.slice(Math.max(0, offset - 40), offset))) continue;
      seen.add(variable);
      yield namedTrace('variable', named, variable, file, offset);
    }
  },
};
