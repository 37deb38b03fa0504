import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Root of the installation: the nearest folder above this file that holds package.json (source and build lie at different depths). */
export const installRoot: string = (() => {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = join(folder, '..');
  return folder;
})();

export const version: string = (
  JSON.parse(readFileSync(join(installRoot, 'package.json'), 'utf8')) as { version: string }
).version;
