import { explainInput, headBytes, type Input, openInput } from './input.js';
import { InputScan } from './input-scan.js';
import type { ScanOptions } from './options.js';
import { OpenFile, type PartReport, type PartsJob, takePart } from './parts.js';
import type { InputResult } from './result.js';

/** Reads one input: bytes in, roll-up out. Never throws for anything that the input holds. */
export async function scanInput(input: Input, options: ScanOptions): Promise<InputResult> {
  const scan = new InputScan(input, options);
  try {
    const done = input.source?.kind === 'file' && (await scanFile(input.source.name, scan, options));
    if (!done) await scanStream(input, scan);
  } catch (error) {
    return scan.end(explainInput(error));
  }
  return scan.end(undefined);
}

async function scanStream(input: Input, scan: InputScan): Promise<void> {
  const { head, whole, chunks, close } = await openInput(scan.counted(input));
  try {
    const accepted = head.length > 0 && scan.begin(head, whole);
    for await (const chunk of chunks()) {
      if (!accepted) break;
      scan.push(chunk);
    }
  } finally {
    await close();
  }
}

/** Reads a file on disk, without a stream, which costs more than the scan. False: it is compressed or UTF-16, and nothing was read. */
async function scanFile(path: string, scan: InputScan, options: ScanOptions): Promise<boolean> {
  const file = new OpenFile(path);
  try {
    const { head } = file;
    if (!file.plain) return false;
    if (head.length === 0 || !scan.begin(head, head.length < headBytes)) {
      options.progress?.(head.length, 0);
      return true;
    }
    await scan.read(file, 0, Number.POSITIVE_INFINITY);
    return true;
  } finally {
    file.close();
  }
}

/** What one thread read of a file that several read together. Lines in `result` are numbered by `firstLineOf`. */
export interface PartsResult {
  result: InputResult;
  parts: PartReport[];
}

/**
 * Reads parts of a file until none is left, and does `first` before, if it can be read in parts. Undefined: it cannot. It is for
 * the caller to hash the file.
 */
export async function scanParts(
  job: PartsJob,
  input: Input,
  options: ScanOptions,
  first?: (file: OpenFile) => Promise<void>,
): Promise<PartsResult | undefined> {
  const scan = new InputScan(input, { ...options, hash: false });
  const file = new OpenFile(job.source.name);
  try {
    const parts: PartReport[] = [];
    if (!file.plain || file.head.length === 0 || !scan.begin(file.head, false) || !scan.splits) return undefined;
    await first?.(file);
    for (let part = takePart(job); part !== undefined; part = takePart(job))
      parts.push(await scan.readPart(file, part, job));
    return { result: scan.end(undefined), parts };
  } finally {
    file.close();
  }
}

/** The result of an input of which only is known why it was not read. */
export const unreadResult = (input: Input, options: ScanOptions, problem: string): InputResult =>
  new InputScan(input, options).end(problem);
