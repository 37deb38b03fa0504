// Writes a report in every format, or in one between two marks that a tracer sees, and prints the hashes.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writersOf } from '../../../src/reports/writers.js';
import { october } from './document.js';
import { hostileDocument } from './hostile.js';

const [mode = '', decoy = ''] = process.argv.slice(2);
const writers = await writersOf();

if (mode === 'hashes') {
  const hashes: Record<string, string> = {};
  for (const [id, writer] of writers)
    for (const [name, document] of [
      ['october', october],
      ['hostile', hostileDocument(3)],
    ] as const)
      hashes[`${id} ${name}`] = createHash('sha256')
        .update(await writer.write(document))
        .digest('hex');
  process.stdout.write(JSON.stringify(hashes));
} else {
  const { tempting } = await import('./tempting.js');
  // Once for nothing, so that all code and fonts are loaded; what is opened after that, a text asked for.
  for (const writer of writers.values()) await writer.write(october);
  existsSync('/mark/begin');
  const all = await Promise.all([...writers.values()].map((writer) => writer.write(tempting(decoy))));
  existsSync('/mark/end');
  process.stdout.write(Buffer.concat(all));
}
