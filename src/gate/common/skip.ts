/** Folders of what others wrote or tools made: never the organisation's own code. */
const folders = new Set([
  '.bundle',
  '.cache',
  '.eggs',
  '.gradle',
  '.hg',
  '.idea',
  '.mypy_cache',
  '.next',
  '.nox',
  '.nuxt',
  '.parcel-cache',
  '.pnpm-store',
  '.pytest_cache',
  '.ruff_cache',
  '.svelte-kit',
  '.svn',
  '.terraform',
  '.tox',
  '.turbo',
  '.venv',
  '.yarn',
  '__pycache__',
  'bower_components',
  'Carthage',
  'dist',
  'jspm_packages',
  'node_modules',
  'Pods',
  'site-packages',
  'vendor',
  'venv',
]);

/** Output folders of build tools that have ordinary names: only beside the manifest of the tool. */
const outputs: Readonly<Record<string, readonly string[]>> = {
  target: ['Cargo.toml', 'pom.xml', 'build.sbt'],
  build: ['build.gradle', 'build.gradle.kts', 'package.json', 'setup.py', 'pyproject.toml', 'pubspec.yaml'],
  out: ['package.json', 'build.gradle', 'build.gradle.kts'],
  obj: ['packages.config'],
};

/** Whether a folder is left out by its name; `siblings`: the names beside it. */
export function isForeign(name: string, siblings: ReadonlySet<string>): boolean {
  if (folders.has(name)) return true;
  return Object.hasOwn(outputs, name) && (outputs[name] ?? []).some((manifest) => siblings.has(manifest));
}

/** Names of files that are output of a bundler or minifier. */
export const isMinifiedName = (name: string): boolean => /[.-](?:min|bundle|chunk)\.(?:m?js|cjs|css)$/.test(name);

/** Whether a program was squeezed into few long lines: more than 500 characters a line, in 20,000 or more. */
export function isMinified(text: string): boolean {
  if (text.length < 20_000) return false;
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1))
    if (++lines * 500 > text.length) return false;
  return true;
}
