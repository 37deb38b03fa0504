import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

let compiled: WebAssembly.Module | undefined;
let tried = false;

/**
 * The compiled kernel; undefined where there is none or this machine cannot run it: then every record is read in full, with
 * the same result. A build has it beside this file; where tsx or vitest runs the source it is made once and kept by its hash.
 */
export function kernelModule(): WebAssembly.Module | undefined {
  if (!tried) {
    tried = true;
    try {
      compiled = new WebAssembly.Module(readFileSync(import.meta.filename.endsWith('.js') ? built : fromSource()));
    } catch {
      compiled = undefined;
    }
  }
  return compiled;
}

const built = join(import.meta.dirname, 'kernel.wasm');

function fromSource(): string {
  const root = join(import.meta.dirname, '../../..');
  const script = join(root, 'scripts/kernel.js');
  const source = join(import.meta.dirname, 'assembly');
  const hash = createHash('sha256').update(readFileSync(script));
  for (const file of readdirSync(source).sort()) hash.update(readFileSync(join(source, file)));
  const name = `${hash.digest('hex').slice(0, 16)}.wasm`;
  const file = join(root, 'node_modules/.cache/halflight-kernel', name);
  if (!existsSync(file)) execFileSync(process.execPath, [script, file], { stdio: ['ignore', 'ignore', 'inherit'] });
  return file;
}
