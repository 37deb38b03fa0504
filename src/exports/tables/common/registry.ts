import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadPlugins } from '../../../core/plugins.js';
import type { TableFormat } from './format.js';

const folder = join(import.meta.dirname, '..');

/** All formats by id. */
export const allTableFormats = (): Promise<Map<string, TableFormat>> => loadPlugins<TableFormat>(folder, 'tableFormat');

/** Their ids, without loading them. */
export const tableFormatIds = (): string[] =>
  readdirSync(folder)
    .filter((file) => /^[a-z0-9-]+\.(ts|js)$/.test(file))
    .map((file) => file.replace(/\.(ts|js)$/, ''))
    .sort();
