import { join } from 'node:path';
import type { Format } from '../../core/format.js';
import { loadPlugins } from '../../core/plugins.js';

let formats: Promise<Map<string, Format>> | undefined;

/** All formats by id; loaded once. */
export function allFormats(): Promise<Map<string, Format>> {
  formats ??= loadPlugins<Format>(join(import.meta.dirname, '..'), 'format');
  return formats;
}
