import { parents } from '../common/package-names.js';
import { Packages } from '../common/packages.js';
import type { GateReader } from '../common/reader.js';

const required = /^[ \t]{0,100}(?:require[ \t]+)?([\w.-]+\.[a-z]{2,}\/[^\s"]{1,500})[ \t]+v[^\s]{1,200}([^\n]*)$/gm;
const imported = /^[ \t]{0,100}(?:import[ \t]+)?(?:[\w.]{1,100}[ \t]+)?"([\w.-]+\.[a-z]{2,}\/[^\s"]{1,500})"/gm;

/** Go modules and imports. A module is known by the longest beginning of its path. */
export const reader: GateReader = {
  title: 'Go: go.mod, go.sum, imports in *.go',
  reads: ({ name, language }) => name === 'go.mod' || name === 'go.sum' || language === 'go',
  isManifest: ({ name }) => name === 'go.mod',
  *read(file, index) {
    const packages = new Packages(file, index, 'go');
    const { name } = file.name;
    const source = file.name.language === 'go';
    for (const match of file.text.matchAll(source ? imported : required)) {
      const [, path = '', rest = ''] = match;
      const kind = source ? 'import' : name === 'go.sum' || rest.includes('// indirect') ? 'locked' : 'dependency';
      for (const parent of parents(path, '/'))
        if (index.package('go', parent) !== undefined) {
          if (!source || !file.inComment(match.index)) packages.add(kind, parent, match.index);
          break;
        }
    }
    yield* packages.traces;
  },
};
