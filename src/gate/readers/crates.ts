import { Packages, untilBroken } from '../common/packages.js';
import type { GateReader } from '../common/reader.js';
import { walkToml } from '../common/toml.js';

const imported = /^[ \t]{0,100}(?:pub[ \t]+)?(?:use|extern[ \t]+crate)[ \t]+(?:::)?([a-z_]\w{0,100})/gm;
const sections = /^(?:dev-|build-)?dependencies$/;

/** Rust: Cargo and `use` lines. */
export const reader: GateReader = {
  title: 'crates: Cargo.toml, Cargo.lock, use lines in *.rs',
  reads: ({ name, language }) => name === 'Cargo.toml' || name === 'Cargo.lock' || language === 'rust',
  isManifest: ({ name }) => name === 'Cargo.toml',
  *read(file, index) {
    const packages = new Packages(file, index, 'crates');
    const { name } = file.name;
    if (file.name.language === 'rust') {
      for (const match of file.text.matchAll(imported))
        if (index.package('crates', match[1] ?? '') !== undefined && !file.inComment(match.index))
          packages.add('import', match[1] ?? '', match.index);
      yield* packages.traces;
      return;
    }
    yield* untilBroken(packages, () =>
      walkToml(file.text, (path, value, offset) => {
        if (name === 'Cargo.lock') {
          if (path[0] === 'package' && path[1] === 'name' && path.length === 2) packages.add('locked', value, offset);
          return;
        }
        const at = path.findIndex((step) => sections.test(step));
        const key = path[at + 1];
        if (at < 0 || key === undefined) return;
        // `llm = { package = "async-openai" }` renames the crate.
        if (path[at + 2] === 'package') packages.add('dependency', value, offset);
        else packages.add('dependency', key, offset);
      }),
    );
  },
};
