import type { SourceFile } from '../common/file.js';
import { walkJson } from '../common/json.js';
import { Packages, untilBroken } from '../common/packages.js';
import type { GateReader } from '../common/reader.js';
import { walkToml } from '../common/toml.js';

const requirements = /^(?:.*requirements.*|constraints.*)\.(?:txt|in)$/i;
const tomlLocks = new Set(['poetry.lock', 'uv.lock', 'pdm.lock', 'pylock.toml']);
const condaFile = /^(?:environment|conda)[\w.-]*\.ya?ml$/i;

/** The name at the beginning of a requirement (PEP 508), with its extras. */
const requirement =
  /^[ \t]{0,100}([A-Za-z0-9](?:[\w.-]{0,200}[A-Za-z0-9])?)[ \t]{0,20}(?:\[[^\]\n]{0,500}\][ \t]{0,20})?(?:[=<>!~;@,#(\r]|$)/;

/** Python packages: pip, Poetry, uv, PDM, Pipenv, setuptools, conda. */
export const reader: GateReader = {
  title:
    'PyPI: requirements*.txt, pyproject.toml, setup.py, setup.cfg, Pipfile, environment.yml, poetry.lock, uv.lock, pdm.lock, Pipfile.lock',
  reads: (file) =>
    requirements.test(file.name) ||
    (file.folder.endsWith('requirements') && file.name.endsWith('.txt')) ||
    /^(?:pyproject\.toml|setup\.py|setup\.cfg|Pipfile|Pipfile\.lock)$/.test(file.name) ||
    tomlLocks.has(file.name) ||
    condaFile.test(file.name),
  isManifest: ({ name }) => !name.endsWith('.lock') && name !== 'pylock.toml',
  *read(file, index) {
    const packages = new Packages(file, index, 'pypi');
    yield* untilBroken(packages, () => {
      const { name } = file.name;
      if (tomlLocks.has(name)) readTomlLock(file.text, packages);
      else if (name === 'Pipfile.lock')
        walkJson(file.text, ([section, key = '', field], _, offset) => {
          if ((section === 'default' || section === 'develop') && field !== undefined)
            packages.add('locked', key, offset);
        });
      else if (name === 'pyproject.toml' || name === 'Pipfile') readToml(file.text, packages);
      else if (name === 'setup.py') readQuoted(file, packages);
      else readLines(file.text, packages);
    });
  },
};

function add(packages: Packages, text: string, offset: number): void {
  const name = requirement.exec(text)?.[1];
  if (name !== undefined) packages.add('dependency', name, offset);
}

/** One requirement a line; in YAML lists (conda, its pip part) and setup.cfg with something before it. */
function readLines(text: string, packages: Packages): void {
  let offset = 0;
  for (const line of text.split('\n')) {
    add(packages, line.replace(/^[ \t]{0,100}-[ \t]+["']?(?:[\w-]{1,50}::)?/, '').replace(/["']\s{0,10}$/, ''), offset);
    offset += line.length + 1;
  }
}

/** PEP 621 and 735, Poetry, PDM, uv, hatch; Pipfile. */
function readToml(text: string, packages: Packages): void {
  walkToml(text, (path, value, offset) => {
    const at = path.findIndex((step) =>
      /^(?:dev-|optional-)?dependencies$|^(?:dev-)?packages$|^dependency-groups$|^requires$/.test(step),
    );
    if (at < 0) return;
    const rest = path.slice(at + 1);
    // In a list the text is the requirement, in a table the name is the key.
    if (rest.some((step) => /^\d+$/.test(step))) add(packages, value, offset);
    else if (rest[0] !== undefined) packages.add('dependency', rest[0], offset);
  });
}

function readTomlLock(text: string, packages: Packages): void {
  walkToml(text, ([table, key, more], value, offset) => {
    if ((table === 'package' || table === 'packages') && key === 'name' && more === undefined)
      packages.add('locked', value, offset);
  });
}

/** setup.py is a program; its requirements stand there as texts. */
function readQuoted(file: SourceFile, packages: Packages): void {
  if (!/(?:install|extras|setup|tests)_require/.test(file.text)) return;
  for (const match of file.text.matchAll(/(["'])([^"'\n]{1,200})\1/g))
    if (!file.inComment(match.index)) add(packages, match[2] ?? '', match.index);
}
