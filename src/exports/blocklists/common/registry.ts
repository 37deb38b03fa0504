import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadPlugins } from '../../../core/plugins.js';
import type { BlockListFormat } from './format.js';

const folder = join(import.meta.dirname, '..');

/** All formats by id. */
export const allBlockListFormats = (): Promise<Map<string, BlockListFormat>> =>
  loadPlugins<BlockListFormat>(folder, 'blockListFormat');

/** Their ids, without loading them. */
export const blockListFormatIds = (): string[] =>
  readdirSync(folder)
    .filter((file) => /^[a-z0-9-]+\.(ts|js)$/.test(file))
    .map((file) => file.replace(/\.(ts|js)$/, ''))
    .sort();
