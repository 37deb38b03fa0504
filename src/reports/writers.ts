import { join } from 'node:path';
import { loadPlugins } from '../core/plugins.js';
import { type ReportDocument, shownDocument } from './blocks/block.js';
import { checkDocument } from './writers/common/check.js';
import type { Writer } from './writers/common/writer.js';

/** A writer by its id, with the name of the file that it makes. */
export interface NamedWriter extends Writer {
  id: string;
  fileName: string;
}

/**
 * All formats of the periodic report by id. `write` refuses a document that breaks its model.
 * @throws Error that names the file of a writer that exports none.
 */
export async function writersOf(): Promise<ReadonlyMap<string, NamedWriter>> {
  const plugins = await loadPlugins<Writer>(join(import.meta.dirname, 'writers'), 'writer');
  const named = [...plugins].map(([id, writer]): [string, NamedWriter] => [
    id,
    {
      ...writer,
      id,
      fileName: `${id === 'mail' ? 'mail' : 'report'}.${writer.extension}`,
      write: async (document: ReportDocument): Promise<Uint8Array> => {
        checkDocument(document);
        return await writer.write(writer.whole === true ? document : shownDocument(document));
      },
    },
  ]);
  return new Map(named);
}
