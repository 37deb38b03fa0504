import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Sink } from '../../../exports/tables/common/format.js';
import { openDurably } from '../../../store/durable.js';
import { CliError, explainWriteError } from '../errors.js';

/** Where a table goes: what was written is counted and hashed on its way. */
export interface Out extends Sink {
  written(): { bytes: number; sha256: string };
  /** Ends it: a file gets its name. */
  keep(): Promise<void>;
  /** Leaves nothing behind of a file. Does nothing behind `keep`. */
  drop(): void;
}

/** A file, or standard output where none is named. @throws CliError where the file cannot be made */
export async function openOut(path: string | undefined): Promise<Out> {
  if (path === undefined) return counted({ write: toStandardOutput, keep: async () => {}, drop: () => {} });
  const explained = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw new CliError(explainWriteError(error, path));
    }
  };
  const file = await explained(() => openDurably(path));
  return counted({
    write: (part) => explained(() => file.write(part)),
    keep: () => explained(() => file.keep()),
    drop: () => file.drop(),
  });
}

function counted({
  write,
  keep,
  drop,
}: {
  write(part: Uint8Array): Promise<void>;
  keep(): Promise<void>;
  drop(): void;
}): Out {
  const hash = createHash('sha256');
  let bytes = 0;
  return {
    write: async (part) => {
      const raw = typeof part === 'string' ? Buffer.from(part) : part;
      if (raw.length === 0) return;
      hash.update(raw);
      bytes += raw.length;
      await write(raw);
    },
    written: () => ({ bytes, sha256: hash.copy().digest('hex') }),
    keep,
    drop,
  };
}

/** The next part waits until the reader has taken this one; the bytes are a copy, as the writer uses its buffer again. */
async function toStandardOutput(part: Uint8Array): Promise<void> {
  if (!process.stdout.write(Buffer.from(part))) await once(process.stdout, 'drain');
}
