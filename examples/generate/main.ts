/**
 * Writes examples/acme and examples/acme.expected.json. Run with `npx tsx examples/generate/main.ts`; another folder than examples/ may
 * be named. The result is the same on every run.
 */
import { join } from 'node:path';
import { writeAcme } from './write.js';

const target = process.argv[2] ?? join(import.meta.dirname, '..');
const { files, expected } = writeAcme(target);
const bytes = [...files.values()].reduce((sum, content) => sum + content.length, 0);
console.log(`${files.size} files, ${bytes} bytes, ${expected.findings.length} findings expected, in ${target}`);
