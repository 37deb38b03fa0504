import { npmPackage } from '../common/package-names.js';
import { Packages } from '../common/packages.js';
import type { GateReader } from '../common/reader.js';

// import x from 'p', import 'p', import('p'), require('p'), export * from 'p', and jest.mock-like calls do not count.
const imported = /\b(?:from|import|require|resolve)\b[\s(]{0,20}(["'`])([^"'`\n]{1,250})\1/g;
/** Packages from a web address: `https://esm.sh/openai@4`. */
const fromAddress = /^https:\/\/(?:esm\.sh|cdn\.skypack\.dev|esm\.run|cdn\.jsdelivr\.net\/npm|unpkg\.com)\/(.{1,200})$/;

/** Imports in JavaScript and TypeScript, also in Vue, Svelte and Astro files. */
export const reader: GateReader = {
  title: 'JavaScript and TypeScript: import, export ... from, require, import()',
  reads: ({ language }) => language === 'javascript',
  *read(file, index) {
    const packages = new Packages(file, index, 'npm');
    for (const match of file.text.matchAll(imported)) {
      const specifier = match[2] ?? '';
      const name = npmPackage(fromAddress.exec(specifier)?.[1] ?? specifier);
      if (name !== undefined && index.package('npm', name) !== undefined && !file.inComment(match.index))
        packages.add('import', name, match.index);
    }
    yield* packages.traces;
  },
};
