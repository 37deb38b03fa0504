import type { BlockListFormat } from '../../src/exports/blocklists/common/format.js';
import { allBlockListFormats } from '../../src/exports/blocklists/common/registry.js';

/** A format as decisions about lists take it. */
export async function namedFormat(id: string): Promise<{ id: string; plugin: BlockListFormat }> {
  const plugin = (await allBlockListFormats()).get(id);
  if (plugin === undefined) throw new Error(`no format ${id}`);
  return { id, plugin };
}
