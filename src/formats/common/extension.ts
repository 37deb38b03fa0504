import { known } from '../../core/text.js';

/** Fields of an extension by lower-case key; raw values. */
export type Extension = ReadonlyMap<string, string>;

/**
 * `key=value key2=value with blanks`: a value ends where a blank and the next `key=` begin. `\=` in a value is no such sign,
 * so that a value cannot smuggle in a field; of a repeated key the first counts.
 */
export function parseBlankSeparated(text: string): Extension {
  const pairs = new Map<string, string>();
  const next = /(?:^|\s)([\w.[\]-]{1,256})=/g;
  let key: string | undefined;
  let from = 0;
  const close = (end: number): void => {
    if (key !== undefined && !pairs.has(key)) pairs.set(key, text.slice(from, end).trim());
  };
  for (let m = next.exec(text); m !== null; m = next.exec(text)) {
    close(m.index);
    key = m[1]?.toLowerCase();
    from = next.lastIndex;
  }
  close(text.length);
  return pairs;
}

/** `key=value` between delimiters; the value may hold `=`. */
export function parseDelimited(text: string, delimiter: string): Extension {
  const pairs = new Map<string, string>();
  for (const pair of text.split(delimiter)) {
    const equals = pair.indexOf('=');
    const key = pair.slice(0, Math.max(equals, 0)).trim().toLowerCase();
    if (key !== '' && !pairs.has(key)) pairs.set(key, pair.slice(equals + 1).trim());
  }
  return pairs;
}

/** The first of the (lower-case) keys that holds a value; quotes around a value are dropped. */
export function pick(fields: Extension, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const raw = fields.get(key);
    const value = known(raw !== undefined && raw.length > 1 && /^".*"$/s.test(raw) ? raw.slice(1, -1) : raw);
    if (value !== undefined && !/^(?:N\/A|NA|none|null|\(null\))$/i.test(value)) return value;
  }
  return undefined;
}

/** Protocols, which `app` often holds instead of an application. */
const protocols =
  /^(?:https?|ssl|tls|tcp|udp|icmp|dns|ftps?|ssh|smtps?|imaps?|pop3s?|quic|web|webs|ws|wss|telnet|rdp|smb|ntp|http[_ ]?proxy|tunnel|socks\d?|unknown|other|any)(?:v?[\d._]*)$/i;

/** A name that is an application and not a protocol. */
export const applicationName = (name: string | undefined): string | undefined =>
  name === undefined || protocols.test(name) || /^\d+$/.test(name) ? undefined : name;
