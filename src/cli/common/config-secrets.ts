import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { isSet } from '../../config/environment.js';
import type { Secret } from '../../config/secret.js';
import { safeLine } from '../../core/terminal.js';
import { CliError, explainFileError } from './errors.js';

/** More than any key or token; a secret file that is larger is the wrong file. */
const maxSecretBytes = 65_536;

/**
 * Finds a secret. `folder`: where relative paths begin.
 * @returns why it cannot be had and what to do about it; undefined when it could
 */
export function resolveSecret(
  secret: Secret,
  env: Readonly<Record<string, string | undefined>>,
  folder: string,
): string | undefined {
  const { source } = secret;
  if ('env' in source) {
    const value = env[source.env];
    if (!isSet(value))
      return `the environment variable ${source.env} is not set; set it for the service, or take the key out`;
    secret.resolve(value);
    return undefined;
  }
  try {
    const value = readPrivateFile(resolve(folder, source.file), maxSecretBytes)
      .toString('utf8')
      .replace(/[\r\n]+$/, '');
    if (value === '') return `${safeLine(source.file)} is empty; write the secret into it`;
    secret.resolve(value);
    return undefined;
  } catch (error) {
    return error instanceof CliError ? error.message : explainFileError(error, resolve(folder, source.file));
  }
}

/**
 * Reads a file that not everybody may read.
 * @throws CliError that says what is wrong with it; the error of the system
 */
export function readPrivateFile(path: string, maxBytes: number): Buffer {
  return readBounded(path, maxBytes, (mode) => {
    if (process.platform !== 'win32' && (mode & 0o007) !== 0)
      throw new CliError(
        `${safeLine(path)} may be read by everybody on this machine; run: chmod 600 ${safeLine(path)}`,
      );
  });
}

/**
 * Reads a regular file of so many bytes at most; a pipe or a device never holds it up.
 * @throws CliError that says what is wrong with it; the error of the system
 */
export function readBounded(path: string, maxBytes: number, check?: (mode: number) => void): Buffer {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = fstatSync(file);
    if (found.isDirectory()) throw Object.assign(new Error('is a folder'), { code: 'EISDIR' });
    if (!found.isFile()) throw new CliError(`${safeLine(path)} is no regular file; name one`);
    check?.(found.mode);
    const buffer = Buffer.alloc(maxBytes + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read)
      read = readSync(file, buffer, length, buffer.length - length, null);
    if (length > maxBytes)
      throw new CliError(`${safeLine(path)} is larger than ${maxBytes} bytes; is it the right file?`);
    return buffer.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

/** All that must not be printed of a secret: itself, and the password in it where it is an address. */
export function hiddenParts(value: string): string[] {
  const parts = [value, ...value.split(/\r?\n/)];
  if (URL.canParse(value)) {
    const { username, password } = new URL(value);
    parts.push(password, decoded(password));
    if (username !== '' && password !== '') parts.push(`${username}:${password}`);
  }
  return [...new Set(parts)].filter((part) => part.trim().length > 3 || part === value);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A text without the secrets that it holds. */
export const hideSecrets = (text: string, secrets: Iterable<string>): string =>
  [...secrets].sort((a, b) => b.length - a.length).reduce((rest, part) => rest.replaceAll(part, '(secret)'), text);

/** Whether a text shows six characters in a row of a secret: a message may quote a part of it. Of an address the scheme does not count. */
export function quotes(text: string, secret: string): boolean {
  const value = secret.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '');
  for (let at = 0; at + 6 <= value.length; at++) if (text.includes(value.slice(at, at + 6))) return true;
  return false;
}
