import type { Catalog } from '../../../src/catalog/compile.js';
import { random } from '../../helpers/random.js';

/** A request as a table of logs holds it. */
export interface Request {
  time: string;
  user: string;
  device: string;
  src_ip: string;
  host: string;
  url: string;
  method: string;
  user_agent: string;
  action: string;
  bytes_out: string;
  bytes_in: string;
}
export const requestColumns = [
  'time',
  'user',
  'device',
  'src_ip',
  'host',
  'url',
  'method',
  'user_agent',
  'action',
  'bytes_out',
  'bytes_in',
] as const satisfies readonly (keyof Request)[];

/**
 * Requests of every kind that the catalog's signatures tell apart: each of its hosts and paths as it is, below itself and as a
 * look-alike, in the spellings that logs have, and ordinary browsing between. Nothing here says what is AI use.
 */
export function requests(catalog: Catalog, lines: number, seed: number, encoded: boolean): Request[] {
  const next = random(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const rules = catalog.targetRules;
  const label = () => pick(['eu', 'us-east-1', 'my-app', 'x1', 'a_b', 'www']);
  const filled = (pattern: string) => pattern.replace(/\*/g, () => label());
  const host = (): { host: string; path: string } => {
    const rule = pick(rules);
    const name = filled(rule.host);
    const path =
      rule.path === undefined ? pick(['/', '', '/v1/chat/completions', '/login', '/c/1']) : filled(rule.path);
    switch (Math.floor(next() * 12)) {
      case 0:
        return { host: `${label()}.${name}`, path };
      case 1:
        return { host: `${label()}.${label()}.${name}`, path };
      case 2:
        return { host: `not${name}`, path };
      case 3:
        return { host: `${name}.evil.example`, path };
      case 4:
        return { host: name.split('.').slice(1).join('.'), path };
      case 5:
        return { host: name, path: `${path}${pick(['x', '/more', ':run', '?q=1', '#top', '/../x'])}` };
      case 6:
        return { host: name, path: path.toUpperCase() };
      case 7:
        return { host: name.replace('.', '-'), path };
      case 8:
        return { host: pick(['intranet.example', 'www.example.com', 'news.example.org', '10.1.2.3']), path };
      case 9:
        return { host: pick(rules).host.replaceAll('*', 'z'), path };
      default:
        return { host: name, path };
    }
  };
  const spelled = (name: string): string => {
    switch (Math.floor(next() * 14)) {
      case 0:
        return name.toUpperCase();
      case 1:
        return `${name}.`;
      case 2:
        return `${name}:443`;
      case 3:
        return ` ${name} `;
      case 4:
        return encoded ? [...name].map((c) => (c === 'a' ? '%61' : c)).join('') : name;
      case 5:
        return name.replaceAll('.', '..');
      case 6:
        return `bücher.${name}`;
      case 7:
        return `${name}/`;
      default:
        return name;
    }
  };
  const url = (name: string, path: string): string => {
    const scheme = pick(['https://', 'http://', 'HTTPS://', '//', '', 'wss://']);
    switch (Math.floor(next() * 16)) {
      case 0:
        return `${scheme}user:pw@${name}${path}`;
      case 1:
        return `${name}:443`;
      case 2:
        return path;
      case 3:
        return `chrome-extension://${name}${path}`;
      case 4:
        return `mailto:someone@${name}`;
      case 5:
        return `${scheme}${name}:8443${path}`;
      case 6:
        return `${scheme}${name}\\${path}`;
      case 7:
        return '-';
      case 8:
        return `https://proxy.example/${name}${path}`;
      case 9:
        return `https://proxy.example?to=https://${name}${path}`;
      default:
        return `${scheme}${name}${path}`;
    }
  };
  const agents = [...catalog.userAgents.map(({ value }) => value), 'Mozilla/5.0', 'curl/8.0', '-'];
  const began = Date.UTC(2026, 2, 27, 20);
  return Array.from({ length: lines }, (): Request => {
    const target = host();
    const time = new Date(began + Math.floor(next() * 4 * 86_400_000));
    const agent = pick(agents);
    const who = Math.floor(next() * 40);
    return {
      time: next() < 0.01 ? '-' : pick([time.toISOString(), time.toISOString().replace('Z', '+00:00')]),
      user: pick([
        `user${who}`,
        `ACME\\User${who}`,
        `user${who}@acme.example`,
        '-',
        'anonymous',
        'NT AUTHORITY\\SYSTEM',
        '',
        `PC${who}$`,
      ]),
      device: pick(['', `pc${who}`]),
      src_ip: pick([`10.0.0.${who}`, `::ffff:10.0.0.${who}`, '-']),
      host: next() < 0.5 ? pick(['-', '', 'bad host']) : spelled(target.host),
      url: next() < 0.3 ? '' : url(spelled(target.host).trim().replace(/\/$/, ''), target.path),
      method: pick(['GET', 'POST', 'put', 'CONNECT', '-']),
      user_agent: pick([agent, `Tool/1.0 (${agent}1.2)`, `x${agent}`, '-', 'Mozilla/5.0', 'Mozilla/5.0']),
      action: pick(['allowed', 'allowed', 'allowed', 'Blocked', 'DENIED', '-', 'TCP_MISS']),
      bytes_out: pick(['0', '500', '65535', '65536', '1000000', '-', '']),
      bytes_in: pick(['0', '1234', '98765432', '-']),
    };
  });
}

/** The same as CSV with a header line; every field is quoted. `kind`: of records that do not tell it. */
export const csvOf = (rows: readonly Request[], kind: 'web' | 'dns' = 'web'): string =>
  [
    `kind,${requestColumns.join(',')}`,
    ...rows.map((row) => `${kind},${requestColumns.map((name) => `"${row[name].replaceAll('"', '""')}"`).join(',')}`),
  ].join('\n');
