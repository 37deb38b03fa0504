import type { Rec, Writer } from '../types.js';

/** An address of the documentation ranges for a host, always the same one. */
export function addressOf(host: string): string {
  let sum = 7;
  for (const byte of Buffer.from(host)) sum = (sum * 31 + byte) % 65_521;
  return `${sum % 2 === 0 ? '198.51.100' : '203.0.113'}.${(sum % 250) + 2}`;
}

export const status = (rec: Rec): number => (rec.blocked ? 403 : 200);
const port = (rec: Rec): string => (rec.port === 443 ? '' : `:${rec.port}`);
/** `https://host/path`; http where the port is another one. */
export const url = (rec: Rec): string =>
  `${rec.port === 443 ? 'https' : 'http'}://${rec.host}${port(rec)}${rec.path || '/'}`;
/** Path and query. */
export function splitPath(rec: Rec): { path: string; query: string } {
  const at = rec.path.indexOf('?');
  return at < 0 ? { path: rec.path || '/', query: '' } : { path: rec.path.slice(0, at), query: rec.path.slice(at) };
}

/** All fields in quotes. */
export const quoted = (fields: readonly (string | number)[]): string =>
  fields.map((field) => `"${String(field).replaceAll('"', '""')}"`).join(',');
/** Quotes only where they are needed. */
export const csv = (fields: readonly (string | number)[], delimiter = ','): string =>
  fields
    .map((field) => {
      const text = String(field);
      return text.includes('"') || text.includes(delimiter) || text.startsWith(' ')
        ? `"${text.replaceAll('"', '""')}"`
        : text;
    })
    .join(delimiter);

/** `ACME\jdoe` for people, the bare name for programs, empty for nobody. */
export const domainLogin = ({ who }: Rec): string => (who.kind === 'person' ? `ACME\\${who.login}` : who.login);
/** Digits for ports, sessions and the like. */
export const digits = (rec: Rec, from: number, length: number): string =>
  String(Number.parseInt(rec.nonce.slice(0, 12), 16) + 10 ** 14).slice(-from - length, -from || undefined);
/** A UUID made of the record's own random digits. */
export function uuid(rec: Rec, salt = 0): string {
  const hex = rec.nonce.slice(salt) + rec.nonce.slice(0, salt);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export const lines = { header: [], footer: [], layout: 'lines', ms: false } as const satisfies Partial<Writer>;
