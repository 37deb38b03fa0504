import type { FileName, SourceFile } from './file.js';
import type { GateIndex } from './gate-index.js';
import type { Seen } from './trace.js';

/**
 * Reads one kind of file, or one kind of trace in many. A file of readers/ exports one as `reader`; its name is its id, and for a reader of
 * manifests the id is the ecosystem. Pure: text in, traces out.
 */
export interface GateReader {
  /** For the documentation and messages. */
  title: string;
  /** Whether it reads a file of that name. Asked for every file. */
  reads(file: FileName): boolean;
  /** Whether the file states the direct dependencies of its folder. */
  isManifest?(file: FileName): boolean;
  /** @throws Unreadable where the file is broken; what was given before stands. */
  read(file: SourceFile, index: GateIndex): Iterable<Seen>;
}
