import { spawnSync } from 'node:child_process';

/**
 * A program that a test works with. @throws Error with the Debian package to install where it is missing: a test without it would prove nothing.
 */
export function needs(command: string, debianPackage: string): string {
  if (spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0)
    throw new Error(`This test needs ${command}: apt-get install ${debianPackage}`);
  return command;
}
