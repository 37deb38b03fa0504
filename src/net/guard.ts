import { isIP } from 'node:net';
import { addressBits } from './address.js';
import { EgressError } from './errors.js';
import type { Rules } from './policy.js';

/** Where a request goes, after all that can be said without asking for the name. */
export interface Target {
  /** Scheme, host and port as the URL parser writes them. */
  origin: string;
  /** As written by the caller, not tidied up: `..` is a name in an object store. */
  path: string;
  /** Lower case, without brackets and final dot. */
  host: string;
  /** Reached without the proxy. */
  direct: boolean;
}

/** One text for every refusal and for names that do not resolve: what it is must not tell who asks what there is inside. */
export const refusedText =
  'This URL may not be used: only http and https to public addresses on usual ports are open. Check its spelling; allow ' +
  'internal hosts, networks and other ports under "net" in the configuration file.';

const refused = (): EgressError => new EgressError('refused', refusedText);
const resolveMs = 10_000;

/** Reads a URL and looks at scheme, port, user part and literal addresses. @throws EgressError of kind `refused` */
export function checkUrl(text: string, rules: Rules): Target {
  // Parsers disagree about backslashes, blanks and control characters: none of them belongs into a URL.
  if (hasOddCharacters(text) || !URL.canParse(text)) throw refused();
  const url = new URL(text);
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  if ((url.protocol !== 'http:' && url.protocol !== 'https:') || !rules.port(port)) throw refused();
  if (url.username !== '' || url.password !== '') throw refused();
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (host === '') throw refused();
  const bits = addressBits(host);
  if (bits !== undefined && !rules.address(bits, false)) throw refused();
  const direct = rules.proxy === undefined || (bits === undefined ? rules.name(host) : rules.opened(bits));
  if (!direct && bits === undefined && meansSomethingInside(host)) throw refused();
  return { origin: url.origin, path: rawPath(text, url), host, direct };
}

/**
 * The addresses of a host, every one of them allowed; asked for once, and to be connected to as they are.
 * @throws EgressError of kind `refused` when one is not, of kind `network` when there is none
 */
export async function checkedAddresses(host: string, rules: Rules): Promise<readonly string[]> {
  if (isIP(host) !== 0) {
    const bits = addressBits(host);
    if (bits === undefined || !rules.address(bits, false)) throw refused();
    return [host];
  }
  const addresses = await resolved(host, rules);
  const named = rules.name(host);
  for (const address of addresses) {
    const bits = addressBits(address);
    if (bits === undefined || !rules.address(bits, named)) throw refused();
  }
  return addresses;
}

async function resolved(host: string, rules: Rules): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no address within ${resolveMs / 1000} s`)), resolveMs);
  });
  try {
    const addresses = await Promise.race([rules.resolve(host), tooLate]);
    if (addresses.length === 0) throw new Error('no address');
    return addresses;
  } catch (error) {
    // It may come back, as after a failure of the name server: worth another try, and told like a refusal.
    throw new EgressError('network', refusedText, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

const hasOddCharacters = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code <= 0x20 || code === 0x5c || code === 0x7f) return true;
  }
  return false;
};

// What a proxy would find beside itself, not on the internet.
const meansSomethingInside = (host: string): boolean =>
  !host.includes('.') || /\.(localhost|local|internal)$/.test(host);

/** The path as written, where the text before it is exactly the origin that is connected to; otherwise as the parser tidied it. */
function rawPath(text: string, url: URL): string {
  const rest = text.startsWith(`${url.origin}/`) ? text.slice(url.origin.length).replace(/#.*$/s, '') : '';
  return /^\/[\x21-\x7e]*$/.test(rest) ? rest : `${url.pathname}${url.search}`;
}
