import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Document, isMap, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { type Added, type Addition, additionSchema, applyAdditions } from './extend.js';
import { lowConfidenceFile } from './low-confidence.js';
import type { Problem } from './problem.js';
import { type Service, serviceSchema } from './schema.js';

export type { Problem } from './problem.js';

export interface Loaded {
  services: Service[];
  /** Service id -> file. */
  files: Map<string, string>;
  /** What files with `extends` added, in that order. */
  added: Added[];
  problems: Problem[];
}
export interface LoadedFolders extends Loaded {
  /** Text of the low-confidence lists of all folders. */
  lowConfidence: string;
}

/** A signature file: its name for messages, and its text. */
export interface SignatureFile {
  file: string;
  text: string;
}

/** The signature files of a folder: all `.yaml` files directly inside, in the order of their names. */
export const signatureFiles = (folder: string): SignatureFile[] =>
  readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => ({ file: join(folder, name), text: readFileSync(join(folder, name), 'utf8') }));

/**
 * Reads all signature files of the folders. A file of a later folder replaces the service of the same id of an earlier one,
 * and a file with `extends` adds to one: so an organisation's own signatures override and add. A broken file costs itself and
 * is a problem.
 */
export const loadSignatures = (folders: readonly string[]): LoadedFolders => ({
  ...readSignatureFiles(folders.flatMap(signatureFiles)),
  lowConfidence: readLowConfidence(folders),
});

/** The same of files that were read already; `first`: services that they override and add to. */
export function readSignatureFiles(list: Iterable<SignatureFile>, first: Iterable<Service> = []): Loaded {
  const services = new Map<string, Service>();
  const files = new Map<string, string>();
  const problems: Problem[] = [];
  const additions: { file: string; addition: Addition }[] = [];
  for (const service of first) services.set(service.id, service);
  for (const { file, text } of list) {
    const parsed = parseFile(file, text, problems);
    if (parsed === undefined) continue;
    if (parsed.has('extends')) {
      const addition = checked(file, parsed, additionSchema, problems);
      if (addition !== undefined) additions.push({ file, addition });
      continue;
    }
    const service = serviceOf(file, parsed, problems);
    if (service === undefined) continue;
    services.set(service.id, service);
    files.set(service.id, file);
  }
  const added = applyAdditions(services, additions, problems);
  return { services: [...services.values()], files, added, problems };
}

/** The low-confidence lists of the folders, one behind the other; a folder need not have one. */
export function readLowConfidence(folders: readonly string[]): string {
  return folders
    .map((folder) => join(folder, lowConfidenceFile))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
}

/** Parses and checks one file; problems are added to the list. */
export function readService(file: string, text: string, problems: Problem[]): Service | undefined {
  const parsed = parseFile(file, text, problems);
  return parsed === undefined ? undefined : serviceOf(file, parsed, problems);
}

interface Parsed {
  document: Document.Parsed;
  lines: LineCounter;
  has(key: string): boolean;
}

function parseFile(file: string, text: string, problems: Problem[]): Parsed | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [syntax] = document.errors;
  if (syntax === undefined)
    return { document, lines, has: (key) => isMap(document.contents) && document.contents.has(key) };
  problems.push({
    file,
    line: lines.linePos(syntax.pos[0]).line,
    message: `is no YAML: ${syntax.message.split('\n')[0]}`,
  });
  return undefined;
}

function serviceOf(file: string, parsed: Parsed, problems: Problem[]): Service | undefined {
  const service = checked(file, parsed, serviceSchema, problems);
  const expected = basename(file).replace(/\.ya?ml$/, '');
  if (service === undefined || service.id === expected) return service;
  problems.push({ file, field: 'id', message: `must equal the file name: ${expected}` });
  return undefined;
}

function checked<T extends z.ZodType>(
  file: string,
  { document, lines }: Parsed,
  schema: T,
  problems: Problem[],
): z.output<T> | undefined {
  let content: unknown;
  try {
    content = document.toJS();
  } catch (error) {
    // Aliases that grow without end.
    problems.push({ file, message: `is no usable YAML: ${error instanceof Error ? error.message : String(error)}` });
    return undefined;
  }
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const node = document.getIn(issue.path as (string | number)[], true) as
      | { range?: [number, number, number] }
      | undefined;
    const offset = node?.range?.[0];
    problems.push({
      file,
      ...(offset !== undefined && { line: lines.linePos(offset).line }),
      field: issue.path.join('.'),
      message: /received undefined/.test(issue.message) ? 'is missing' : issue.message,
    });
  }
  return undefined;
}
