import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { domainToASCII } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { compileCatalog } from '../../src/catalog/compile.js';
import { blockListOf } from '../../src/exports/blocklists/common/list.js';
import { allBlockListFormats } from '../../src/exports/blocklists/common/registry.js';
import { service } from '../helpers/service.js';
import { entry } from './helpers/register.js';

// Lists of 5,000 denied services, with names in other scripts, names at the limits of DNS, and names that mean something to a product if
// they get into its file: what is written is what the products themselves take.

const strange = [
  ...['münchen-ki.example', '人工智能.example', 'مثال.example', 'пример.example'].map(domainToASCII),
  `${'a'.repeat(63)}.example`,
  `${'b.'.repeat(110)}example`,
  '0.example',
  '1-2-3.example',
];
const hostile = [
  'evil.example\nlocal-zone: "bank.example." always_nxdomain',
  'evil.example" redirect\nlocal-data: "x.example. A 6.6.6.6',
  'evil.example/\naddress=/bank.example/6.6.6.6',
  'evil.example\r\n$INCLUDE /etc/passwd',
  'evil.example CNAME .\n* CNAME .',
  'evil.example #',
  '-lead.example',
  'two..dots.example',
  `${'c'.repeat(64)}.example`,
  '; comment.example',
  '$ORIGIN.example',
  '../../etc/passwd',
  'bank.example,evil.example',
  '',
  '*',
  '*.',
];
const names = [...Array.from({ length: 5000 }, (_, n) => `s${n}.vendor-${n % 97}.example`), ...strange];
const catalog = compileCatalog([
  ...names.map((host, n) => service({ id: `s${n}`, hosts: [host] })),
  ...hostile.map((_, n) => service({ id: `x${n}`, hosts: [`x${n}.strange.example`] })),
]);
/** Past the schema, as if a file had been changed behind it. */
const services = new Map(
  [...catalog.services].map(([id, one]) => {
    const host = id.startsWith('x') ? hostile[Number(id.slice(1))] : undefined;
    return [id, host === undefined ? one : { ...one, hosts: one.hosts.flatMap((own) => [own, { ...own, host }]) }];
  }),
);
const list = blockListOf({
  catalog: { ...catalog, services },
  entries: [entry('all', [...services.keys()])],
  ownDomains: [],
  day: '2026-11-26',
});

const folder = mkdtempSync(join(tmpdir(), 'halflight-lists-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const checkers: readonly [id: string, program: string, args: string[], main: string][] = [
  ['rpz', 'named-checkzone', ['-q', 'rpz.halflight.test', 'list'], ''],
  ['dnsmasq', 'dnsmasq', ['--test', '--conf-file=list'], ''],
  ['unbound', 'unbound-checkconf', ['main'], 'server:\n  directory: ""\n  chroot: ""\n  username: ""\ninclude: list\n'],
  [
    'squid',
    'squid',
    ['-k', 'parse', '-f', 'main'],
    'http_port 127.0.0.1:3128\npid_filename none\nacl ai dstdomain "list"\nhttp_access deny ai\n',
  ],
];

describe('five thousand names, some of them strange', () => {
  it.each(checkers)('%s: %s takes the list', async (id, program, args, main) => {
    const format = (await allBlockListFormats()).get(id);
    if (format === undefined) throw new Error(`no format ${id}`);
    const entries = format.entries(list).entries.map(({ text }) => text);
    expect(entries.length).toBeGreaterThanOrEqual(names.length);
    const body = format.write(entries, { serial: 1_795_000_000 });
    // Nothing of a hostile name got in, and what is written reads back as what was meant.
    for (const name of strange) expect(body).toContain(name);
    expect(body).not.toMatch(/bank\.example|passwd|6\.6\.6\.6|evil/);
    expect(format.read(body)).toEqual(entries);
    writeFileSync(join(folder, 'list'), body);
    writeFileSync(join(folder, 'main'), main);
    const { error, status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
    if (error !== undefined) {
      if (process.env.TEST_REQUIRE_ALL === '1') throw new Error(`TEST_REQUIRE_ALL=1, and ${program} is not installed`);
      process.stderr.write(`${program} is not installed: ${id} was not shown to it\n`);
      return;
    }
    expect(status, `${stdout}${stderr}`.slice(-2000)).toBe(0);
    expect(`${stdout}${stderr}`).not.toMatch(/WARNING|ERROR|FATAL|Bungled/);
  });
});
