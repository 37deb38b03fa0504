import { createHash } from 'node:crypto';
import type { Format } from '../../core/format.js';
import { createFramer } from '../../core/framing.js';
import { detectFormat } from '../../formats/common/detect.js';
import { takeSample } from '../../formats/common/sample.js';
import { type Input, openInput } from '../../scan/input.js';

/** The records of an input, cut as the scan cuts them but not parsed. */
export interface Records {
  /** The format that the whole input has: a part by itself may look like another. */
  format: string | undefined;
  /** Header of the stream for whoever reads a part: what it was given, its first record, and directive lines before the part. */
  prime: string;
  /** How many there are in the whole input. */
  total: number;
  /** Bytes of the records in the range, each with a line end. */
  bytes: Buffer;
  /** SHA-256 of the whole input, decompressed. */
  sha256: string;
}

/** Longest header that is carried along. */
const maxPrime = 65_536;

/** Cuts records out of an input, whatever they hold: for finding the one that ends its reader. `range`: from 0, `to` exclusive. */
export async function recordsOf(
  input: Input,
  formats: ReadonlyMap<string, Format>,
  chosen: string | undefined,
  range: { from: number; to: number },
): Promise<Records> {
  const { head, whole, chunks, close } = await openInput(input);
  try {
    const name = input.name.slice(input.name.lastIndexOf('/') + 1);
    const format = chosen ?? detectFormat(formats, takeSample(name, head, whole)).format;
    const framing = (format === undefined ? undefined : formats.get(format)?.framing) ?? 'lines';
    let total = 0;
    let prime = input.prime ?? '';
    const parts: Buffer[] = [];
    const framer = createFramer(framing, head, (bytes, start, end) => {
      const at = total++;
      if (at >= range.from && at < range.to) parts.push(oneRecord(bytes.subarray(start, end), framing === 'json'));
      else if (at < range.from && (at === 0 || bytes[start] === HASH)) {
        const line = `${bytes.toString('utf8', start, end)}\n`;
        // A first record that is no header may be the very one that ends readers: it must not come along with every part.
        if (bytes[start] !== HASH && holdsValues.test(line)) return;
        if (prime.length + line.length <= maxPrime) prime += line;
      }
    });
    const hash = createHash('sha256');
    for await (const chunk of chunks()) {
      hash.update(chunk);
      framer.push(chunk);
    }
    framer.end();
    return { format, prime, total, bytes: Buffer.concat(parts), sha256: hash.digest('hex') };
  } finally {
    await close();
  }
}

/** A date, a time, an address or an epoch: what records hold and names of columns do not. */
const holdsValues = /\d[:./-]\d|\d{6}/;

const HASH = 35;
const NEWLINE = 10;

/** A copy with a line end. JSON over several lines becomes one line: a newline in it can only be blank space. */
function oneRecord(record: Buffer, json: boolean): Buffer {
  const copy = Buffer.alloc(record.length + 1, NEWLINE);
  record.copy(copy);
  if (json)
    for (let at = copy.indexOf(NEWLINE); at >= 0 && at < record.length; at = copy.indexOf(NEWLINE, at + 1))
      copy[at] = 32;
  return copy;
}
