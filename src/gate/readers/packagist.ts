import { packageTrace } from '../common/gate-index.js';
import { walkJson } from '../common/json.js';
import { Packages, untilBroken } from '../common/packages.js';
import type { GateReader } from '../common/reader.js';

const imported = /^[ \t]{0,100}use[ \t]+(?:function[ \t]+|const[ \t]+)?\\?([A-Za-z_][\w\\]{1,300})/gm;

/** PHP: Composer and `use` lines. */
export const reader: GateReader = {
  title: 'Packagist: composer.json, composer.lock, use lines in *.php',
  reads: ({ name, language }) => name === 'composer.json' || name === 'composer.lock' || language === 'php',
  isManifest: ({ name }) => name === 'composer.json',
  *read(file, index) {
    if (file.name.language === 'php') {
      for (const match of file.text.matchAll(imported)) {
        const rule = index.phpNamespace(match[1] ?? '');
        if (rule !== undefined && !file.inComment(match.index)) yield packageTrace('import', rule, file, match.index);
      }
      return;
    }
    const packages = new Packages(file, index, 'packagist');
    const lock = file.name.name === 'composer.lock';
    yield* untilBroken(packages, () =>
      walkJson(file.text, ([section = '', key = '', field, more], value, offset) => {
        if (!lock && (section === 'require' || section === 'require-dev') && field === undefined)
          packages.add('dependency', key, offset);
        else if (lock && section.startsWith('packages') && field === 'name' && more === undefined)
          packages.add('locked', String(value), offset);
      }),
    );
  },
};
