import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadPlugins } from '../../../core/plugins.js';
import type { CatalogExport } from './export.js';

const folder = join(import.meta.dirname, '..');

/** All engines by id. */
export const allCatalogExports = (): Promise<Map<string, CatalogExport>> =>
  loadPlugins<CatalogExport>(folder, 'catalogExport');

/** Their ids, without loading them. */
export const catalogExportIds = (): string[] =>
  readdirSync(folder)
    .filter((file) => /^[a-z0-9-]+\.(ts|js)$/.test(file))
    .map((file) => file.replace(/\.(ts|js)$/, ''))
    .sort();
