import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { afterAll } from 'vitest';

const root = join(import.meta.dirname, '../../..');
let folder: string | undefined;
afterAll(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

/**
 * A script of this folder and what it imports, as JavaScript: a process that is killed dozens of times must start quickly, and
 * the loader for TypeScript takes longer than everything else.
 */
export function compiled(script: string): string {
  if (folder === undefined) {
    folder = mkdtempSync(join(tmpdir(), 'halflight-compiled-'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    cpSync(join(root, 'package.json'), join(folder, 'package.json'));
    compile(join(root, script), folder, new Set());
  }
  return join(folder, script.replace(/\.ts$/, '.js'));
}

function compile(file: string, to: string, done: Set<string>): void {
  if (done.has(file)) return;
  done.add(file);
  const source = readFileSync(file, 'utf8');
  const target = join(to, relative(root, file).replace(/\.ts$/, '.js'));
  const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, verbatimModuleSyntax: true };
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, ts.transpileModule(source, { compilerOptions: options }).outputText);
  for (const { fileName } of ts.preProcessFile(source).importedFiles)
    if (fileName.startsWith('.')) compile(join(dirname(file), fileName.replace(/\.js$/, '.ts')), to, done);
}
