import { nearest, type Problem } from '../core/problem.js';
import { checkRelations } from './check.js';
import { isSet, unknownVariables, variables } from './environment.js';
import { keysAt } from './keys.js';
import { type Config, configSchema } from './schema.js';
import type { Path } from './secret.js';
import { pathKey, readTree, type Tree } from './tree.js';

/** Where a value comes from. */
export type Origin = { from: 'default' } | { from: 'file'; line: number } | { from: 'environment'; name: string };

export interface ConfigSource {
  /** Text of the file; undefined where there is none. */
  text: string | undefined;
  /** Its name, for problems. */
  file: string;
  env: Readonly<Record<string, string | undefined>>;
}

export interface ReadConfig {
  /** Complete: a value that is wrong is replaced by its default, a source or channel that is wrong left out. */
  config: Config;
  problems: Problem[];
  /** Where the value at a path of `config` comes from. */
  originOf(path: Path): Origin;
  /** A problem of the value at a path of `config`, with its place. */
  problemAt(path: Path, message: string, severity?: Problem['severity']): Problem;
}

/** Environment variables are no file; their problems name this one, and line 0. */
export const environmentName = 'environment';

/** Reads a configuration and the environment over it. Never throws: what is wrong is a problem, all of them at once. */
export function readConfig(source: ConfigSource): ReadConfig {
  return new Reader(source).read();
}

type Issue = NonNullable<ReturnType<typeof configSchema.safeParse>['error']>['issues'][number];
/** Lists whose items stand or fall by themselves. */
const lists = ['sources', 'channels', 'reports'] as const;

class Reader {
  readonly #source: ConfigSource;
  readonly #tree: Tree;
  readonly #raw: Record<string, unknown>;
  readonly #fromEnv = new Map<string, string>();
  /** Values left out because they are wrong. */
  readonly #dropped = new Set<string>();
  readonly #problems: Problem[] = [];
  /** Index in the configuration -> index in the file, as wrong items are left out. */
  readonly #kept = new Map<string, number[]>();

  constructor(source: ConfigSource) {
    this.#source = source;
    this.#tree = readTree(source.text ?? '');
    this.#raw = structuredClone(this.#tree.value);
  }

  read(): ReadConfig {
    for (const { line, path, message } of this.#tree.problems)
      this.#problems.push(this.#problem('error', this.#source.file, line, this.#display(path), message));
    this.#applyEnvironment();
    for (const { name, message } of unknownVariables(this.#source.env))
      this.#problems.push(this.#problem('warning', environmentName, 0, name, message));
    for (const name of lists)
      if (Array.isArray(this.#raw[name])) this.#kept.set(name, [...(this.#raw[name] as unknown[]).keys()]);
    const config = this.#parse();
    const result: ReadConfig = {
      config,
      problems: this.#problems,
      originOf: (path) => this.#origin(this.#inFile(path)),
      problemAt: (path, message, severity = 'error') => this.#at(this.#inFile(path), message, severity),
    };
    this.#problems.push(...checkRelations(config, result.problemAt, (path) => this.#refused(path)));
    return result;
  }

  #applyEnvironment(): void {
    for (const { name, path, read } of variables) {
      const text = this.#source.env[name];
      if (!isSet(text)) continue;
      let at: unknown = this.#raw;
      for (const part of path.slice(0, -1)) {
        if (!isMap(at)) break;
        at[part] ??= {};
        at = at[part];
      }
      // Where the file has no map, that is a problem of the file, which is told.
      if (!isMap(at)) continue;
      at[path.at(-1) ?? ''] = read(text, name);
      this.#fromEnv.set(pathKey(path), name);
    }
  }

  /** Parses, and again without what is wrong, until the rest stands. */
  #parse(): Config {
    for (let round = 0; round < 4; round++) {
      const parsed = configSchema.safeParse(this.#raw);
      if (parsed.success) return parsed.data;
      if (round === 0) for (const issue of parsed.error.issues) this.#report(issue);
      this.#removeWrong(parsed.error.issues, round);
    }
    return configSchema.parse({});
  }

  #report(issue: Issue): void {
    const path = issue.path.filter((part) => typeof part !== 'symbol');
    if (issue.code === 'unrecognized_keys') {
      const known = keysAt(path);
      for (const key of issue.keys) {
        const meant = nearest(key, known);
        const advice = meant === undefined ? `accepted are ${known.join(', ')}` : `did you mean ${meant}?`;
        this.#problems.push(this.#at([...path, key], `unknown key; ${advice}`, 'error'));
      }
      return;
    }
    const value = valueAt(this.#raw, path);
    const meant =
      issue.code === 'invalid_value' && typeof value === 'string'
        ? nearest(value, issue.values.map(String))
        : undefined;
    const message = `${value === undefined ? 'is missing; ' : ''}${issue.message}${meant === undefined ? '' : `; did you mean ${meant}?`}`;
    this.#problems.push(this.#at(path, message, 'error'));
  }

  #removeWrong(issues: readonly Issue[], round: number): void {
    const items = new Map<string, Set<number>>();
    for (const { path: full, ...issue } of issues) {
      const path = full.filter((part) => typeof part !== 'symbol');
      const [name, index] = path;
      if (lists.some((list) => list === name) && typeof index === 'number') {
        const key = String(name);
        items.set(key, (items.get(key) ?? new Set()).add(index));
      } else if (issue.code === 'unrecognized_keys') for (const key of issue.keys) this.#remove([...path, key]);
      // What stands in a list goes with the list; what is still wrong later, with the section.
      else {
        const list = path.findIndex((part) => typeof part === 'number');
        const whole = list < 0 ? path : path.slice(0, list);
        this.#remove(round === 0 ? whole : whole.slice(0, 1));
      }
    }
    for (const [name, wrong] of items) {
      const keep = (_: unknown, index: number) => !wrong.has(index);
      this.#raw[name] = (this.#raw[name] as unknown[]).filter(keep);
      this.#kept.set(name, (this.#kept.get(name) ?? []).filter(keep));
    }
  }

  #remove(path: Path): void {
    const parent = valueAt(this.#raw, path.slice(0, -1));
    if (!isMap(parent)) return;
    delete parent[String(path.at(-1))];
    this.#dropped.add(pathKey(path));
  }

  /** The path in the file of one in the configuration. */
  #inFile(path: Path): Path {
    const [name, index, ...rest] = path;
    if (typeof name !== 'string' || typeof index !== 'number') return path;
    return [name, this.#kept.get(name)?.[index] ?? index, ...rest];
  }

  #origin(path: Path): Origin {
    if (this.#refused(path)) return { from: 'default' };
    for (let length = path.length; length > 0; length--) {
      const name = this.#fromEnv.get(pathKey(path.slice(0, length)));
      if (name !== undefined) return { from: 'environment', name };
    }
    if (this.#tree.has(path)) return { from: 'file', line: this.#tree.lineOf(path) };
    return { from: 'default' };
  }

  #refused(path: Path): boolean {
    return path.some((_, index) => this.#dropped.has(pathKey(path.slice(0, index + 1))));
  }

  #at(path: Path, message: string, severity: Problem['severity']): Problem {
    for (let length = path.length; length > 0; length--) {
      const name = this.#fromEnv.get(pathKey(path.slice(0, length)));
      if (name !== undefined) return this.#problem(severity, environmentName, 0, name, message);
    }
    const { file } = this.#source;
    // A part of what only the environment speaks of (a certificate without its key).
    const beside = [...this.#fromEnv].find(([key]) => key.startsWith(`${pathKey(path.slice(0, -1))}\0`))?.[1];
    if (path.length > 1 && beside !== undefined && !this.#tree.has(path.slice(0, -1)))
      return this.#problem(severity, environmentName, 0, beside, `${this.#display(path)} ${message}`);
    return this.#problem(severity, file, this.#tree.lineOf(path), this.#display(path), message);
  }

  #display(path: Path): string {
    return displayPath(path, this.#tree.value);
  }

  /** The value is never part of it: it may be a secret in the wrong place. */
  #problem(severity: Problem['severity'], file: string, line: number, field: string, message: string): Problem {
    return { severity, file, line, field, value: '', message };
  }
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (at, part) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, part) ? Reflect.get(at, part) : undefined,
    value,
  );

/** A path as people read it: `server.port`, `sources.hq-proxy.every`; `sources[2].every` where the source has no id. */
export function displayPath(path: Path, root: unknown): string {
  return path.reduce<string>((text, part, index) => {
    if (typeof part === 'string') return text === '' ? part : `${text}.${part}`;
    const item = valueAt(root, path.slice(0, index + 1));
    const id = index === 1 && isMap(item) ? item.id : undefined;
    return typeof id === 'string' && /^[a-z0-9][a-z0-9-]{0,62}$/.test(id) ? `${text}.${id}` : `${text}[${part}]`;
  }, '');
}
