import { realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { type Input, streamInput } from '../../scan/input.js';
import { findInputs, type NotRead } from '../../scan/walk.js';
import { reportFiles } from './report-files.js';
import type { ScanRequest } from './scan-types.js';

/** All inputs that the paths name. The registers, the data folder and an earlier report often lie beside the logs: they are no logs. */
export async function* inputsOf(
  paths: readonly string[],
  request: ScanRequest,
  notRead: (problem: NotRead) => void,
): AsyncGenerator<Input> {
  const files = paths.filter((path) => path !== '-');
  const isData = insideOf(request.data, files);
  if (files.length < paths.length) yield streamInput('standard input', process.stdin, Date.now());
  for await (const input of findInputs(files, ownFiles(request), (problem) => {
    if (!isData(problem.name)) notRead(problem);
  }))
    if (!isData(input.name)) yield input;
}

/** Stored bytes of all inputs, for the time left; undefined with standard input. The folders are walked for it. */
export async function storedBytes(paths: readonly string[], request: ScanRequest): Promise<number | undefined> {
  if (paths.includes('-')) return undefined;
  let total = 0;
  for await (const { size } of inputsOf(paths, request, () => {})) total += size ?? 0;
  return total;
}

/** Real paths of the files that this scan itself reads or writes beside the logs. */
function ownFiles({ inventory, people, contracts, leases = [], mapping, out }: ScanRequest): Set<string> {
  const written = out === undefined ? [] : reportFiles.map((name) => join(out, name));
  return new Set(
    [inventory, people, contracts, mapping, ...leases, ...written].flatMap((path) => realPath(path) ?? []),
  );
}

/** Whether a file, named as `findInputs` names it, lies in the folder. */
function insideOf(folder: string | undefined, paths: readonly string[]): (name: string) => boolean {
  const real = realPath(folder);
  if (real === undefined) return () => false;
  const roots = paths.map((path) => [path, realPath(path)] as const);
  return (name) =>
    roots.some(([path, root]) => {
      const inside = relative(path, name);
      return root !== undefined && !inside.startsWith('..') && `${join(root, inside)}${sep}`.startsWith(real + sep);
    });
}

/** Undefined where nothing is there. */
function realPath(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
