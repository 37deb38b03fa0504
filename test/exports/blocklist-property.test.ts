import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { getPublicSuffix } from 'tldts';
import { describe, expect, it } from 'vitest';
import { sharedHosts } from '../../src/catalog/shared-hosts.js';
import { blockListOf } from '../../src/exports/blocklists/common/list.js';
import { identityProviders } from '../../src/exports/blocklists/common/protected.js';
import { allBlockListFormats } from '../../src/exports/blocklists/common/registry.js';
import type { BlockListInput } from '../../src/exports/blocklists/common/types.js';
import { halflight, readText, root, squidLine, temporaryFolder, writeFiles } from '../helpers/cli.js';
import { compileCatalog } from '../helpers/scan.js';
import { entry, service } from './helpers/register.js';

/** Names around those that a list must never reach, and ordinary ones. */
const label = fc.constantFrom('a', 'login', 'www', 'acme', 'ai', 'x-1');
const base = fc.constantFrom(
  'com',
  'co.uk',
  'github.io',
  'acme.example',
  'eu.holding.test',
  'holding.test',
  'okta.com',
  'microsoftonline.com',
  'login.microsoftonline.com',
  'google.com',
  'accounts.google.com',
  'teams.microsoft.com',
  'ai.test',
  'bot.ai.test',
);
const host = fc
  .tuple(fc.constantFrom('', '*.'), fc.array(label, { maxLength: 2 }), base)
  .map(([star, labels, name]) => `${star}${[...labels, name].join('.')}`);
const ownDomains = ['acme.example', 'eu.holding.test'];

describe('whatever a catalog and a register hold', () => {
  it('no list reaches a public suffix, an own domain, a place to sign in, a shared host, or what an approved service needs', async () => {
    const formats = await allBlockListFormats();
    let written = 0;
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.array(host, { minLength: 1, maxLength: 4 }),
            fc.boolean(),
            fc.constantFrom('denied', 'approved', 'retired', 'in-review'),
          ),
          { minLength: 1, maxLength: 5 },
        ),
        (drawn) => {
          const services = drawn.map(([hosts, exact], n) =>
            service(`s${n}`, {
              hosts: hosts.map((name) => ({ host: name, match: exact && !name.startsWith('*') ? 'exact' : 'suffix' })),
            }),
          );
          const entries = drawn.map(([, , status], n) => entry(`e${n}`, [`s${n}`], { status }));
          const list = blockListOf({ catalog: compileCatalog(services), entries, ownDomains, day: '2026-11-26' });
          const needed = drawn.flatMap(([hosts, , status]) =>
            status === 'denied' || status === 'retired' ? [] : hosts.map((name) => name.replace('*', 'any')),
          );
          const precious = [
            ...ownDomains,
            ...ownDomains.map((name) => `x.${name}`),
            ...identityProviders,
            ...identityProviders.map((name) => `x.${name}`),
            ...sharedHosts,
            ...needed,
          ];
          for (const [id, reading] of Object.entries(readings)) {
            for (const { text } of formats.get(id)?.entries(list).entries ?? []) {
              const entryRead = reading(text);
              if (entryRead === undefined) throw new Error(`${id}: ${text} is no entry`);
              const { name, itself, below } = entryRead;
              written += 1;
              expect(getPublicSuffix(name, { allowPrivateDomains: true }), `${id}: ${text}`).not.toBe(name);
              const reached = precious.filter((one) => (one === name ? itself : below && one.endsWith(`.${name}`)));
              expect(reached, `${id}: ${text}`).toEqual([]);
            }
          }
        },
      ),
      { numRuns: 300, seed: 2026 },
    );
    // Most drawn names are refused; enough must not be.
    expect(written).toBeGreaterThan(1000);
  });
});

type Reading = (text: string) => { name: string; itself: boolean; below: boolean } | undefined;

/** A reading of entries by a pattern whose first group is what stands before the name, and the second the name. */
const by =
  (pattern: RegExp, meaning: (before: string) => { itself: boolean; below: boolean }): Reading =>
  (text) => {
    const [, before = '', name] = pattern.exec(text) ?? [];
    return name === undefined ? undefined : { name, ...meaning(before) };
  };
const dotIsTree = by(/^(\.?)([a-z0-9.-]+)$/, (dot) => ({ itself: true, below: dot !== '' }));
const starIsBelow = by(/^(\*\.)?([a-z0-9.-]+)$/, (star) => ({ itself: star === '', below: star !== '' }));
const alwaysTree = by(/^()([a-z0-9.-]+)$/, () => ({ itself: true, below: true }));
const dotIsExact = by(/^(\.?)([a-z0-9.-]+)$/, (dot) => ({ itself: true, below: dot === '' }));

/** What each product blocks by an entry, written from its documents and apart from the writers. Work sheets block nothing. */
const readings: Readonly<Record<string, Reading>> = {
  hosts: by(/^(0\.0\.0\.0 )([a-z0-9.-]+)$/, () => ({ itself: true, below: false })),
  rpz: by(/^(\*\.)?([a-z0-9.-]+) CNAME \.$/, (star) => ({ itself: star === '', below: star !== '' })),
  dnsmasq: by(/^(address=\/|host-record=)([a-z0-9.-]+)(?:\/|,0\.0\.0\.0,::)$/, (option) => ({
    itself: true,
    below: option === 'address=/',
  })),
  unbound: (text) => {
    const [, name = '', rest = ''] = /^local-(?:zone|data): "([a-z0-9.-]+)\.(.*)$/.exec(text) ?? [];
    // A transparent zone answers nothing by itself.
    return { name, itself: !rest.includes('typetransparent'), below: rest.includes('always_nxdomain') };
  },
  squid: dotIsTree,
  'paloalto-edl': by(/^(\*\.)?([a-z0-9.-]+)\/$/, (star) => ({ itself: star === '', below: star !== '' })),
  zscaler: dotIsTree,
  netskope: starIsBelow,
  fortigate: starIsBelow,
  umbrella: alwaysTree,
  cloudflare: alwaysTree,
  'chrome-policy': dotIsExact,
  'edge-policy': dotIsExact,
};

describe('no log changes one byte of a list', () => {
  it('as the function takes nothing that a log says', () => {
    // A key more in the input is a failure of the types here: it must be argued for.
    // `twoPeople`: a switch of the configuration, yes or no.
    const keys: Record<keyof BlockListInput, true> = {
      catalog: true,
      entries: true,
      ownDomains: true,
      day: true,
      twoPeople: true,
    };
    expect(Object.keys(keys)).toEqual(['catalog', 'entries', 'ownDomains', 'day', 'twoPeople']);
  });

  it('as no file of it, nor what these import, knows use, hits, scans or the store', () => {
    const seen = new Set<string>();
    const visit = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(
        /^(?:import|export)\b(?!\s+type\b)[^;]*?from '(\.[^']+)\.js'/gms,
      ))
        visit(join(file, '..', `${path}.ts`));
    };
    const folder = join(root, 'src/exports/blocklists');
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
      if (file.endsWith('.ts')) visit(join(folder, file));
    expect(seen.size).toBeGreaterThan(25);
    expect(
      [...seen].filter((file) =>
        /src\/(scan|store|formats|detectors|people|collectors|receivers|jobs|reports)\/|core\/(usage|use|event|rollup|candidate)\.ts$/.test(
          file,
        ),
      ),
    ).toEqual([]);
  });

  it('as logs that are read in between, kept or not, leave it as it was', async () => {
    const folder = temporaryFolder({
      'halflight.yaml': 'organisation: { domains: [acme.example] }\n',
      'inventory.yaml': 'entries:\n  - { id: no, name: no, services: [jasper], status: denied }\n',
    });
    const list = async (): Promise<string> => {
      const { stdout } = await halflight(['export', 'blocklist', 'hosts', '--inventory', 'inventory.yaml'], {
        cwd: folder,
      });
      return stdout;
    };
    const before = await list();
    expect(before).toContain('jasper.ai');
    for (const hosts of [
      ['login.microsoftonline.com', 'acme.example'],
      ['com', 'chatgpt.com', 'new-ai.acme.example'],
    ]) {
      writeFiles(folder, { 'proxy.log': hosts.map((name) => squidLine({ host: name }).repeat(5)).join('') });
      expect(
        (await halflight(['scan', 'proxy.log', '--inventory', 'inventory.yaml', '--out', 'report'], { cwd: folder }))
          .code,
      ).toBe(0);
      expect(readText(folder, 'report/report.json')).not.toBe('');
      expect(await list()).toBe(before);
    }
  });
});
