// Compiles the kernel of the speed path from AssemblyScript to WebAssembly: `node scripts/kernel.js [FILE]`.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import asc from 'assemblyscript/asc';

const root = join(import.meta.dirname, '..');
const target = process.argv[2] ?? join(root, 'dist/src/scan/kernel/kernel.wasm');
const options = ['--enable', 'simd', '--runtime', 'stub', '-O3', '--noAssert', '--converge', '--memoryBase', '1024'];

/** @type {Uint8Array | undefined} */
let binary;
const { error, stderr } = await asc.main(
  ['src/scan/kernel/assembly/kernel.as.ts', '--outFile', 'kernel.wasm', ...options],
  {
    readFile: undefined,
    writeFile: (name, contents) => {
      if (name.endsWith('.wasm') && typeof contents !== 'string') binary = contents;
    },
  },
);
if (error !== null || binary === undefined) {
  process.stderr.write(`${stderr.toString()}${error?.message ?? 'no WebAssembly came out'}\n`);
  process.exit(1);
}
mkdirSync(dirname(target), { recursive: true });
// Another process may be reading it, or writing the same.
writeFileSync(`${target}.${process.pid}`, binary);
renameSync(`${target}.${process.pid}`, target);
