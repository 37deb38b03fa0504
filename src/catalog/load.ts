import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { type Service, serviceSchema } from './schema.js';

/** What is wrong with a signature, for the person who wrote it. */
export interface Problem {
  /** Path of the file. */
  file: string;
  /** 1-based; absent where the problem has no place. */
  line?: number;
  /** `hosts.0.host` */
  field?: string;
  message: string;
}

export interface Loaded {
  services: Service[];
  /** Service id -> file. */
  files: Map<string, string>;
  problems: Problem[];
}

/**
 * Reads all `.yaml` files directly inside the folders. A file of a later folder replaces the service of the same id of an
 * earlier one: so an organisation's own signatures override and add. A broken file costs itself and is a problem.
 */
export function loadSignatures(folders: readonly string[]): Loaded {
  const services = new Map<string, Service>();
  const files = new Map<string, string>();
  const problems: Problem[] = [];
  for (const folder of folders) {
    const names = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
    for (const name of names.sort()) {
      const file = join(folder, name);
      const service = readService(file, readFileSync(file, 'utf8'), problems);
      if (service === undefined) continue;
      services.set(service.id, service);
      files.set(service.id, file);
    }
  }
  return { services: [...services.values()], files, problems };
}

/** Parses and checks one file; problems are added to the list. */
export function readService(file: string, text: string, problems: Problem[]): Service | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [syntax] = document.errors;
  if (syntax !== undefined) {
    problems.push({
      file,
      line: lines.linePos(syntax.pos[0]).line,
      message: `is no YAML: ${syntax.message.split('\n')[0]}`,
    });
    return undefined;
  }
  const result = serviceSchema.safeParse(document.toJS());
  if (!result.success) {
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
  const expected = basename(file).replace(/\.ya?ml$/, '');
  if (result.data.id !== expected) {
    problems.push({ file, field: 'id', message: `must equal the file name: ${expected}` });
    return undefined;
  }
  return result.data;
}
