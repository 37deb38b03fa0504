import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Loads a folder of plug-ins: each `.ts` or `.js` file directly inside is one, its name is its id, and its export named
 * `exportName` is the plug-in. Sub-folders hold what plug-ins share and are not looked at. Sorted by id.
 * @throws Error naming the file when it lacks the export.
 */
export async function loadPlugins<T>(folder: string, exportName: string): Promise<Map<string, T>> {
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^[a-z0-9-]+\.(ts|js)$/.test(entry.name))
    .map((entry) => entry.name)
    .sort();
  const modules = await Promise.all(
    files.map(
      async (file) =>
        [file, (await import(pathToFileURL(join(folder, file)).href)) as Record<string, unknown>] as const,
    ),
  );
  const plugins = new Map<string, T>();
  for (const [file, module] of modules) {
    const plugin = module[exportName];
    if (plugin === undefined) {
      throw new Error(
        `${join(folder, file)} exports no "${exportName}": a file directly in this folder is a plug-in; move shared code to ${join(folder, 'common')}.`,
      );
    }
    plugins.set(file.replace(/\.(ts|js)$/, ''), plugin as T);
  }
  return plugins;
}
