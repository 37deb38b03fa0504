import { Readable } from 'node:stream';
import { type Catalog, compileCatalog } from '../../src/catalog/compile.js';
import { loadCatalog } from '../../src/cli/common/catalog.js';
import { loadDetection } from '../../src/detectors/common/registry.js';
import { allFormats } from '../../src/formats/common/registry.js';
import { Directory } from '../../src/people/directory.js';
import { type Input, streamInput } from '../../src/scan/input.js';
import type { ScanOptions } from '../../src/scan/options.js';
import type { InputResult } from '../../src/scan/result.js';
import { scanInput } from '../../src/scan/scan-input.js';
import { fixtureModified } from './parse.js';

export { compileCatalog };

let shared: Catalog | undefined;
/** The catalog that comes with Halflight, loaded once. */
export const ownCatalog = (): Catalog => (shared ??= loadCatalog());

export async function scanOptions(catalog: Catalog, more: Partial<ScanOptions> = {}): Promise<ScanOptions> {
  const directory = new Directory();
  return {
    formats: await allFormats(),
    detection: await loadDetection(catalog),
    resolve: (event) => directory.resolve(event),
    format: undefined,
    mapping: undefined,
    zone: 'UTC',
    logZone: 'UTC',
    since: undefined,
    until: undefined,
    hash: false,
    provenance: 'observed',
    speedPath: true,
    ...more,
  };
}

/** Bytes as an input, in pieces of `pieceSize`. */
export function bytesInput(name: string, bytes: Buffer, pieceSize = 65_536): Input {
  return streamInput(name, Readable.from(pieces(bytes, pieceSize)), fixtureModified);
}

function* pieces(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export const scanBytes = (
  name: string,
  bytes: Buffer,
  options: ScanOptions,
  pieceSize?: number,
): Promise<InputResult> => scanInput(bytesInput(name, bytes, pieceSize), options);
