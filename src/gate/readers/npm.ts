import { walkJson } from '../common/json.js';
import { npmPackage } from '../common/package-names.js';
import { Packages, untilBroken } from '../common/packages.js';
import type { GateReader } from '../common/reader.js';

const sections = /^(?:dev|peer|optional|bundled?)?dependencies$/i;
const manifests = new Set(['package.json', 'deno.json', 'deno.jsonc']);
const jsonLocks = new Set(['package-lock.json', 'npm-shrinkwrap.json', 'bun.lock']);

/** npm, and what installs from its registry: yarn, pnpm, bun, Deno. */
export const reader: GateReader = {
  title: 'npm: package.json, deno.json, package-lock.json, npm-shrinkwrap.json, yarn.lock, pnpm-lock.yaml, bun.lock',
  reads: ({ name }) => manifests.has(name) || jsonLocks.has(name) || name === 'yarn.lock' || name === 'pnpm-lock.yaml',
  isManifest: ({ name }) => manifests.has(name),
  *read(file, index) {
    const packages = new Packages(file, index, 'npm');
    const { name } = file.name;
    yield* untilBroken(packages, () => {
      if (manifests.has(name)) readManifest(file.text, packages);
      else if (jsonLocks.has(name)) readJsonLock(file.text, packages);
      else readLineLock(file.text, packages);
    });
  },
};

function readManifest(text: string, packages: Packages): void {
  walkJson(text, ([section = '', name = '', more], value, offset) => {
    if (more !== undefined) return;
    // `"llm": "npm:openai@4"` installs openai under another name.
    const alias = typeof value === 'string' && value.startsWith('npm:') ? npmPackage(value) : undefined;
    if (sections.test(section)) packages.add('dependency', alias ?? name, offset);
    else if (section === 'imports' && alias !== undefined) packages.add('dependency', alias, offset);
  });
}

/** package-lock.json 1 (`dependencies`), 2 and 3 (`packages`), and bun.lock (`packages`). */
function readJsonLock(text: string, packages: Packages): void {
  walkJson(text, (path, value, offset) => {
    const [section = '', key = ''] = path;
    if (section === 'packages') {
      const inner = key.lastIndexOf('node_modules/');
      // The name stands in the value where it was installed under another one.
      if (path[2] === 'name' && typeof value === 'string' && key !== '') packages.add('locked', value, offset);
      else if (inner >= 0) packages.add('locked', key.slice(inner + 13), offset);
      else if (path[2] === '0' && typeof value === 'string') packages.add('locked', npmPackage(value) ?? key, offset);
    } else if (section === 'dependencies') {
      for (let at = 0; path[at] === 'dependencies'; at += 2)
        if (path[at + 2] === 'version') packages.add('locked', path[at + 1] ?? '', offset);
    }
  });
}

// yarn: `"@scope/name@^1.0.0, @scope/name@npm:^1.1":`, pnpm: `  /@scope/name@1.0.0(react@18):` or `  '@scope/name@1.0.0':`
const lockLine =
  /^[ ]{0,4}["']?\/?((?:@[\w.~-]{1,128}\/)?[\w~-][\w.~-]{0,213})[@/][^\n]{1,10000}:[ \t\r]{0,10}(?:\{\})?$/gm;

function readLineLock(text: string, packages: Packages): void {
  for (const match of text.matchAll(lockLine)) packages.add('locked', match[1] ?? '', match.index);
}
