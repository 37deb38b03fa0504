import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Root of the checkout. */
export const root = join(import.meta.dirname, '../..');
export const deployFile = (name: string): string => join(root, 'deploy', name);
export const readDeploy = (name: string): string => readFileSync(deployFile(name), 'utf8');

/** A folder that is removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'halflight-deploy-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What a program prints; throws where it fails. */
export const output = (program: string, args: readonly string[], env?: NodeJS.ProcessEnv): string =>
  execFileSync(program, args, { encoding: 'utf8', cwd: root, env: { ...process.env, ...env } });

let commands: ReadonlySet<string> | undefined;
/** The commands of the program, as its own help lists them. */
export function knownCommands(): ReadonlySet<string> {
  commands ??= new Set(
    [
      ...output(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', '--help']).matchAll(/^ {2}([a-z][a-z-]*)/gm),
    ].map((match) => match[1] ?? ''),
  );
  return commands;
}
