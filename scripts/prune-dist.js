// Removes from dist/ what no longer has a source: a plug-in is registered by its file, so a stale one would still be loaded.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
for (const folder of ['src', 'migrations']) {
  const built = join(root, 'dist', folder);
  if (!existsSync(built)) continue;
  for (const file of readdirSync(built, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.js') && !existsSync(join(root, folder, file.replace(/\.js$/, '.ts'))))
      rmSync(join(built, file));
  }
}
