import { canonicalHost } from './host.js';

/** The parts of a logged target that a signature can match. */
export interface Target {
  scheme?: string;
  /** Canonical, see `canonicalHost`. */
  host?: string;
  port?: number;
  /** Without query and fragment, as logged, beginning with `/`. */
  path?: string;
}

/** Pages of the browser itself, of extensions (what looks like a host is the extension's id), and local files. */
export const noHost = /^(?:file|chrome|edge|about|devtools|blob|[a-z-]{1,32}-extension)$/;

/** A URL as nearly all logs write it: scheme, canonical name, port, path, and maybe a query. */
const plainUrl =
  /^(?:(https?):\/\/)?([a-z0-9_][a-z0-9_.-]*\.[a-z][a-z0-9_-]*)(?::(\d{1,5}))?(?:(\/[^?#\s]*)(?:[?#]\S*)?)?$/;

/**
 * Takes apart what logs call a URL: absolute, without scheme (`host/path`), `host:443` of a CONNECT, `//host/path`, or a
 * path alone. User information is dropped. Never throws; what is not there is left out, nothing is guessed.
 */
export function splitUrl(raw: string): Target {
  const plain = plainUrl.exec(raw);
  if (plain !== null) return plainTarget(plain);
  const text = raw.trim();
  const target: Target = {};
  let rest = text;
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text);
  if (scheme?.[1] !== undefined) {
    target.scheme = scheme[1].toLowerCase();
    if (noHost.test(target.scheme)) return target;
    rest = text.slice(scheme[0].length);
  } else if (text.startsWith('//')) rest = text.slice(2);
  else if (text.startsWith('/')) {
    target.path = cutQuery(text);
    return target;
  } else if (
    /^[a-z][a-z0-9+.-]*:(?!\d{1,5}([/?#]|$))/i.test(text) &&
    !text.startsWith('[') &&
    !/^[0-9a-f]*:[0-9a-f:.]*:/i.test(text)
  ) {
    return target; // `error:invalid-request`, `data:...`, `urn:...`: no host
  }
  const end = rest.search(/[/?#\\]/);
  let authority = end < 0 ? rest : rest.slice(0, end);
  const tail = end < 0 ? '' : rest.slice(end);
  authority = authority.slice(authority.lastIndexOf('@') + 1);
  const { host, port } = splitHostPort(authority);
  if (host !== undefined) target.host = host;
  if (port !== undefined) target.port = port;
  if (tail.startsWith('/')) target.path = cutQuery(tail);
  return target;
}

function plainTarget([, scheme, name = '', digits, path]: RegExpExecArray): Target {
  const target: Target = {};
  if (scheme !== undefined) target.scheme = scheme;
  const host = canonicalHost(name);
  if (host !== undefined) target.host = host;
  const port = Number(digits);
  if (port > 0 && port < 65536) target.port = port;
  if (path !== undefined) target.path = path;
  return target;
}

/** `host`, `host:443`, `1.2.3.4:443`, `[::1]:443`, `::1` -> canonical host and port. */
export function splitHostPort(raw: string): { host?: string; port?: number } {
  const match = /^(\[[^\]]*\]|[^:]*):(\d{1,5})$/.exec(raw);
  const host = canonicalHost(match?.[1] ?? raw.replace(/:$/, ''));
  const port = match?.[2] === undefined ? undefined : Number(match[2]);
  return { ...(host !== undefined && { host }), ...(port !== undefined && port > 0 && port < 65536 && { port }) };
}

function cutQuery(pathAndQuery: string): string {
  const end = pathAndQuery.search(/[?#]/);
  return end < 0 ? pathAndQuery : pathAndQuery.slice(0, end);
}
