import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Root of the installation: the nearest folder above this file that holds package.json (source and build lie at different depths). */
export const installRoot: string = (() => {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = join(folder, '..');
  return folder;
})();

/** Folder of the signatures that come with the product, their schema, and the checked signatures as the build left them. */
export const ownSignatures = join(installRoot, 'signatures');
export const signatureSchema = join(installRoot, 'schemas/signature.schema.json');
export const catalogCache = join(installRoot, 'dist/catalog.json');

export const version: string = (
  JSON.parse(readFileSync(join(installRoot, 'package.json'), 'utf8')) as { version: string }
).version;
