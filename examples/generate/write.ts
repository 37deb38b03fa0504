import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Acme, buildAcme } from './build.js';
import { printJson } from './json.js';

/** Writes `acme/`, `acme-more/` and `acme.expected.json` into a folder, in place of what was there. */
export function writeAcme(target: string): Acme {
  const acme = buildAcme();
  for (const [folder, files] of [['acme', acme.files] as const, ['acme-more', acme.more] as const]) {
    rmSync(join(target, folder), { recursive: true, force: true });
    for (const [path, content] of files) {
      const full = join(target, folder, path);
      mkdirSync(dirname(full), { recursive: true });
      writeFileSync(full, content);
    }
  }
  writeFileSync(join(target, 'acme.expected.json'), `${printJson(acme.expected)}\n`);
  return acme;
}
