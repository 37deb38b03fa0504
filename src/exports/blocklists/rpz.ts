import { type BlockListFormat, hostEntries, lineOf, readLines } from './common/format.js';
import { heading } from './common/lines.js';

/**
 * A response policy zone: `name CNAME .` answers that the name does not exist. Names are relative to the zone, so the file serves
 * under any name of a zone. Source: draft-vixie-dnsop-dns-rpz, sections 3 and 4; BIND 9 reference, "response-policy".
 */
export const blockListFormat: BlockListFormat = {
  title: 'response policy zone',
  summary: 'a response policy zone (RPZ) for BIND, Unbound, Knot Resolver, PowerDNS and Infoblox',
  entries: (list) =>
    hostEntries(list, {
      host: (host) => [record(host)],
      tree: (host) => [record(host), record(`*.${host}`)],
      below: (host) => [record(`*.${host}`)],
    }),
  write: (entries, { serial }) =>
    [
      `; ${heading}`,
      '$TTL 300',
      `@ IN SOA localhost. hostmaster.localhost. ${serial} 3600 600 86400 300`,
      apex,
      ...entries,
    ]
      .map((line) => `${line}\n`)
      .join(''),
  read: (text) => readLines(text, (line) => /^[;$@]/.test(line), lineOf('(?:\\*\\.)?', ' CNAME \\.')),
};

const apex = '@ IN NS localhost.';
const record = (name: string): string => `${name} CNAME .`;
