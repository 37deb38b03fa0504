import { walkJson } from '../common/json.js';
import { Packages, untilBroken } from '../common/packages.js';
import { pythonImports } from '../common/python-imports.js';
import type { GateReader } from '../common/reader.js';

/** Imports in the code cells of Jupyter notebooks; what cells printed does not count. */
export const reader: GateReader = {
  title: 'Jupyter notebooks: imports in code cells, pip install',
  reads: ({ language }) => language === 'notebook',
  *read(file, index) {
    const packages = new Packages(file, index, 'pypi');
    yield* untilBroken(packages, () =>
      walkJson(file.text, ([cells, , part], value, offset) => {
        if (cells !== 'cells' || part !== 'source' || typeof value !== 'string') return;
        for (const { package: name } of pythonImports(value, index)) packages.add('import', name, offset);
        const [, installed = ''] = /^\s{0,20}[!%]\s{0,5}pip3? install ([^\n]{1,1000})/.exec(value) ?? [];
        for (const word of installed.split(/\s+/))
          packages.add('dependency', word.replace(/[=<>!~[;].*$/s, ''), offset);
      }),
    );
  },
};
