import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isSet } from '../../config/environment.js';
import { environmentName, type Origin, type ReadConfig, readConfig } from '../../config/read.js';
import type { Config } from '../../config/schema.js';
import { type Path, type Secret, secretsIn } from '../../config/secret.js';
import { maxConfigBytes } from '../../config/tree.js';
import type { Problem } from '../../core/problem.js';
import { safeLine } from '../../core/terminal.js';
import { hiddenParts, readBounded, readPrivateFile, resolveSecret } from './config-secrets.js';
import { CliError, explainFileError } from './errors.js';

export interface ConfigOptions {
  /** File named by `--config`. */
  config?: string | undefined;
  /** The environment of the process where not given. */
  env?: NodeJS.ProcessEnv | undefined;
  /** Folder in which the process works where not given. */
  cwd?: string | undefined;
}

export interface LoadedConfig {
  /** Durations in milliseconds, sizes in bytes, paths absolute, secrets found: may be printed, as `Secret` shows only its place. */
  config: Config;
  /** Everything that is wrong, in the order of the file. With an error among them nothing should start on it. */
  problems: readonly Problem[];
  /** Where the value at a path of `config` comes from. */
  originOf(path: Path): Origin;
  /** A problem of the value at a path of `config`, with its place in the file. */
  problemAt(path: Path, message: string, severity?: Problem['severity']): Problem;
  /** The file that was read, absolute; undefined where there is none. */
  file: string | undefined;
  /** Texts that no log line, message or answer may hold: the secrets, and the passwords in them. */
  secrets: ReadonlySet<string>;
}

const defaultFile = 'halflight.yaml';

/**
 * Reads the configuration: `--config`, else HALFLIGHT_CONFIG, else ./halflight.yaml where it exists, else nothing; environment
 * variables over it. What is wrong in it is in `problems`; `openConfig` is for who cannot work with errors.
 * @throws CliError when the file cannot be read at all
 */
export function loadConfig({ config, env = process.env, cwd = process.cwd() }: ConfigOptions = {}): LoadedConfig {
  const file = config ?? (isSet(env.HALFLIGHT_CONFIG) ? env.HALFLIGHT_CONFIG : undefined);
  const name = file ?? (existsSync(resolve(cwd, defaultFile)) ? defaultFile : undefined);
  const path = name === undefined ? undefined : resolve(cwd, name);
  const text = path === undefined ? undefined : readText(path, name ?? path);
  const read = readConfig({ text, file: name ?? defaultFile, env });
  const folder = path === undefined ? cwd : dirname(path);
  const problems = [...read.problems];
  absolutePaths(read, (at) => (read.originOf(at).from === 'environment' ? cwd : folder), problems);
  const secrets = new Set<string>();
  for (const [at, secret] of secretsIn(read.config)) {
    const wrong = resolveSecret(secret, env, folder);
    const address = wrong ?? wrongAddress(at.join('.'), secret);
    if (address !== undefined) problems.push(read.problemAt(at, address));
    if (secret.found) for (const part of hiddenParts(secret.value)) secrets.add(part);
  }
  const { originOf, problemAt } = read;
  return { config: read.config, problems: inOrder(problems), originOf, problemAt, file: path, secrets };
}

/**
 * The configuration for work. Warnings go to `warn`, one line each.
 * @throws CliError that lists all errors of the configuration
 */
export function openConfig(options: ConfigOptions, warn: (line: string) => void): LoadedConfig {
  const loaded = loadConfig(options);
  refuseErrors(loaded.problems);
  for (const problem of loaded.problems) warn(describeConfigProblem(problem));
  return loaded;
}

/** @throws CliError that lists all errors among the problems */
export function refuseErrors(problems: readonly Problem[]): void {
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0)
    throw new CliError(
      `the configuration is wrong:\n${errors.map((error) => `  ${describeConfigProblem(error)}`).join('\n')}`,
    );
}

/** `halflight.yaml:7: sources.hq.every: accepted is ...`; `environment: HALFLIGHT_PORT: accepted is ...`. Safe for a terminal. */
export const describeConfigProblem = ({ file, line, field, message }: Problem): string =>
  safeLine(`${line === 0 ? file : `${file}:${line}`}: ${field === '' ? '' : `${field}: `}${message}`);

export function inOrder(problems: readonly Problem[]): Problem[] {
  const rank = ({ file }: Problem) => (file === environmentName ? 1 : 0);
  return problems.toSorted((a, b) => rank(a) - rank(b) || a.line - b.line);
}

/** Secrets that are addresses, and what those begin with. */
const addresses: Readonly<Record<string, readonly string[]>> = {
  'database.url': ['postgresql://', 'postgres://'],
  'redis.url': ['redis://', 'rediss://'],
  'net.proxy': ['http://', 'https://'],
};

function wrongAddress(key: string, secret: Secret): string | undefined {
  const schemes = addresses[key];
  if (schemes === undefined) return undefined;
  if (schemes.some((scheme) => secret.value.startsWith(scheme)) && URL.canParse(secret.value)) return undefined;
  return `what stands in ${secret.place} is no address; it begins with ${schemes.join(' or ')}, and signs such as @ / # % in a password are written as %40 %2F %23 %25`;
}

function readText(path: string, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readBounded(path, maxConfigBytes));
  } catch (error) {
    if (error instanceof CliError) throw error;
    if (error instanceof TypeError) throw new CliError(`${safeLine(name)} is not UTF-8; save it as UTF-8`);
    throw new CliError(explainFileError(error, name));
  }
}

/** Makes every path absolute, and looks whether those that must exist do. */
function absolutePaths(read: ReadConfig, folderOf: (path: Path) => string, problems: Problem[]): void {
  const { config } = read;
  const absolute = (at: Path, value: string, check?: (path: string) => string | undefined): string => {
    const path = resolve(folderOf(at), value);
    const wrong = check?.(path);
    if (wrong !== undefined) problems.push(read.problemAt(at, wrong));
    return path;
  };
  config.data = absolute(['data'], config.data, (path) => (existsSync(path) ? needs('folder')(path) : undefined));
  if (config.people !== undefined) config.people = absolute(['people'], config.people, needs('file'));
  if (config.inventory !== undefined) config.inventory = absolute(['inventory'], config.inventory, needs('file'));
  if (config.contracts !== undefined) config.contracts = absolute(['contracts'], config.contracts, needs('file'));
  if (config.signatures !== undefined) config.signatures = absolute(['signatures'], config.signatures, needs('folder'));
  const { catalog } = config;
  // Made by the first installation.
  if (catalog.folder !== undefined) catalog.folder = absolute(['catalog', 'folder'], catalog.folder);
  if (catalog.public_key !== undefined)
    catalog.public_key = absolute(['catalog', 'public_key'], catalog.public_key, needs('file'));
  if (config.net.ca_file !== undefined)
    config.net.ca_file = absolute(['net', 'ca_file'], config.net.ca_file, needs('file'));
  if (config.signing.key !== undefined)
    config.signing.key = absolute(['signing', 'key'], config.signing.key, privateFile);
  // May be a mount that is away at this moment.
  if (config.audit.copy_to !== undefined) config.audit.copy_to = absolute(['audit', 'copy_to'], config.audit.copy_to);
  const { tls } = config.server;
  if (tls !== undefined) {
    tls.cert = absolute(['server', 'tls', 'cert'], tls.cert, needs('file'));
    tls.key = absolute(['server', 'tls', 'key'], tls.key, privateFile);
  }
  for (const [index, source] of config.sources.entries())
    if (source.mapping !== undefined)
      source.mapping = absolute(['sources', index, 'mapping'], source.mapping, needs('file'));
}

const needs =
  (kind: 'file' | 'folder') =>
  (path: string): string | undefined => {
    try {
      if (statSync(path).isDirectory() !== (kind === 'folder'))
        return `${safeLine(path)} is ${kind === 'folder' ? 'no folder; name one' : 'a folder; name a file'}`;
      accessSync(path, constants.R_OK);
      return undefined;
    } catch (error) {
      return explainFileError(error, path);
    }
  };

function privateFile(path: string): string | undefined {
  try {
    readPrivateFile(path, maxConfigBytes);
    return undefined;
  } catch (error) {
    return error instanceof CliError ? error.message : explainFileError(error, path);
  }
}
