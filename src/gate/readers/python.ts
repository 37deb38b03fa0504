import { Packages } from '../common/packages.js';
import { pythonImports } from '../common/python-imports.js';
import type { GateReader } from '../common/reader.js';

/** Imports in Python. */
export const reader: GateReader = {
  title: 'Python: import and from ... import',
  reads: ({ language }) => language === 'python',
  *read(file, index) {
    const packages = new Packages(file, index, 'pypi');
    for (const { package: name, offset } of pythonImports(file.text, index))
      if (!file.inComment(offset)) packages.add('import', name, offset);
    yield* packages.traces;
  },
};
