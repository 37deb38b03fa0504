import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BlockListFormat } from '../../src/exports/blocklists/common/format.js';
import { blockListOf } from '../../src/exports/blocklists/common/list.js';
import { allBlockListFormats, blockListFormatIds } from '../../src/exports/blocklists/common/registry.js';
import type { BlockList } from '../../src/exports/blocklists/common/types.js';
import { temporaryFolder } from '../helpers/cli.js';
import { compileCatalog, ownCatalog } from '../helpers/scan.js';
import { entry, service } from './helpers/register.js';

const day = '2026-11-26';
const serial = 1_795_000_000;

/** Each reach, and a block within another. */
const small = blockListOf({
  catalog: compileCatalog([
    service('bot', {
      hosts: [
        'bot.example.net',
        'chat.bot.example.net',
        { host: 'one.example.net', match: 'exact' },
        '*.tenants.example.net',
      ],
      oauth_apps: [
        { platform: 'entra', id: '11111111-2222-3333-4444-555555555555', name: '=cmd()' },
        { platform: 'google', id: '42.apps.example', name: 'Bot, "the"' },
        { name: 'Bot' },
      ],
    }),
    service('ent', {
      hosts: [
        'ent.example.net',
        { host: 'only.example.net', match: 'exact' },
        { host: 't.ent.example.net', role: 'telemetry' },
      ],
      tenant_controls: [
        { header: 'X-Ent-Tenant', value: 'tenant ids', effect: 'only these', source: 'us', read: day },
        { host: 'corp.ent.example.net', effect: 'its host', source: 'us', read: day },
      ],
    }),
  ]),
  entries: [
    entry('no-bot', ['bot'], { approval_date: '2026-03-02' }),
    entry('yes', ['ent'], { status: 'approved', allowed_account: 'enterprise', workspaces: ['t-1', 't-2'] }),
  ],
  ownDomains: [],
  day,
});

let formats: Map<string, BlockListFormat>;
beforeAll(async () => {
  formats = await allBlockListFormats();
});

const formatOf = (id: string): BlockListFormat => {
  const format = formats.get(id);
  if (format === undefined) throw new Error(`no format ${id}`);
  return format;
};
const textOf = (id: string, list: BlockList = small): string => {
  const format = formatOf(id);
  return format.write(
    format.entries(list).entries.map(({ text }) => text),
    { serial },
  );
};

const heading = 'Halflight: AI services that the register decides against';
const expected: Readonly<Record<string, string>> = {
  // Whole names only, so the name within the blocked tree has a line of its own.
  hosts: `# ${heading}\n0.0.0.0 bot.example.net\n0.0.0.0 chat.bot.example.net\n0.0.0.0 one.example.net\n`,
  rpz: `; ${heading}\n$TTL 300\n@ IN SOA localhost. hostmaster.localhost. ${serial} 3600 600 86400 300\n@ IN NS localhost.\nbot.example.net CNAME .\n*.bot.example.net CNAME .\none.example.net CNAME .\n*.tenants.example.net CNAME .\n`,
  dnsmasq: `# ${heading}\naddress=/bot.example.net/\nhost-record=one.example.net,0.0.0.0,::\n`,
  unbound: `# ${heading}\nserver:\nlocal-zone: "bot.example.net." always_nxdomain\nlocal-zone: "one.example.net." typetransparent\nlocal-data: "one.example.net. A 0.0.0.0"\nlocal-data: "one.example.net. AAAA ::"\n`,
  squid: `# ${heading}\n.bot.example.net\none.example.net\n`,
  'paloalto-edl': 'bot.example.net/\n*.bot.example.net/\none.example.net/\n*.tenants.example.net/\n',
  zscaler: '.bot.example.net\none.example.net\n',
  netskope: 'bot.example.net\n*.bot.example.net\none.example.net\n*.tenants.example.net\n',
  fortigate: `# ${heading}\nbot.example.net\n*.bot.example.net\none.example.net\n*.tenants.example.net\n`,
  umbrella: 'bot.example.net\n',
  cloudflare: 'value\nbot.example.net\n',
  'chrome-policy': '{\n  "URLBlocklist": [\n    "bot.example.net",\n    ".one.example.net"\n  ]\n}\n',
  'edge-policy': '{\n  "URLBlocklist": [\n    "bot.example.net",\n    ".one.example.net"\n  ]\n}\n',
  'tenant-squid':
    '# Halflight: only the tenants of the organisation, for services approved for enterprise accounts\n' +
    '# Needs ssl_bump: without reading TLS, Squid cannot set headers.\n' +
    'acl halflight_tenant_1 dstdomain .ent.example.net only.example.net\n' +
    'request_header_access X-Ent-Tenant deny halflight_tenant_1\n' +
    'request_header_add X-Ent-Tenant "t-1,t-2" halflight_tenant_1\n',
};

describe('each format', () => {
  it('has an expectation here', () => {
    expect(blockListFormatIds()).toEqual(
      [...Object.keys(expected), 'entra-apps', 'google-apps', 'tenant-headers'].sort(),
    );
  });

  it.each(Object.entries(expected))('%s is written as its product reads it', (id, text) => {
    expect(textOf(id)).toBe(text);
  });

  it('tells which blocks it cannot say', () => {
    const unsaid = (id: string): string[] =>
      formatOf(id)
        .entries(small)
        .unsaid.map(({ text }) => text);
    expect(unsaid('squid')).toEqual(['*.tenants.example.net']);
    expect(unsaid('umbrella')).toEqual(['one.example.net', '*.tenants.example.net']);
    expect(unsaid('rpz')).toEqual([]);
  });

  it.each(blockListFormatIds())(
    '%s reads back what it wrote for the whole catalog, so that lists can be compared',
    (id) => {
      const list = blockListOf({
        catalog: ownCatalog(),
        entries: [
          entry(
            'all',
            [...ownCatalog().services.keys()].filter((one) => one !== 'claude'),
          ),
          entry('yes', ['claude'], { status: 'approved', allowed_account: 'enterprise' }),
        ],
        ownDomains: [],
        day,
      });
      const format = formatOf(id);
      const texts = format.entries(list).entries.map(({ text }) => text);
      expect(texts.length).toBeGreaterThan(id.startsWith('tenant') ? 0 : 50);
      expect(format.read(format.write(texts, { serial }))).toEqual(texts);
      // An empty list is a list.
      expect(format.read(format.write([], { serial }))).toEqual([]);
    },
  );

  it.each(blockListFormatIds())('%s refuses a file of something else', (id) => {
    expect(() => formatOf(id).read('rm -rf /\nhello world\n')).toThrow();
  });
});

describe('work sheets', () => {
  const rowsOf = (id: string): Record<string, string>[] => parse(textOf(id), { columns: true });

  it('name the apps of a platform by id, others by name, and hold no formula', () => {
    expect(
      rowsOf('entra-apps').map(({ app_id, app_name, entry: by, decided }) => [app_id, app_name, by, decided]),
    ).toEqual([
      ['11111111-2222-3333-4444-555555555555', "'=cmd()", 'no-bot', '2026-03-02'],
      ['', 'Bot', 'no-bot', '2026-03-02'],
    ]);
    expect(rowsOf('google-apps').map(({ app_id, app_name }) => [app_id, app_name])).toEqual([
      ['42.apps.example', 'Bot, "the"'],
      ['', 'Bot'],
    ]);
  });

  it('name the headers of approved enterprise plans', () => {
    expect(rowsOf('tenant-headers')).toMatchObject([{ header: 'X-Ent-Tenant', value: 't-1,t-2', entry: 'yes' }]);
  });
});

describe('tenant restrictions', () => {
  const squidFor = (id: string, more: Record<string, unknown>): string =>
    textOf(
      'tenant-squid',
      blockListOf({
        catalog: ownCatalog(),
        entries: [entry('yes', [id], { status: 'approved', allowed_account: 'enterprise', ...more })],
        ownDomains: [],
        day,
      }),
    );

  it('stand as a comment where the register names no tenant', () => {
    const text = squidFor('chatgpt', {});
    expect(text).toContain('# request_header_add ChatGPT-Allowed-Workspace-Id "VALUE"');
    expect(text).not.toMatch(/^request_header_add/m);
  });

  it('never carry a workspace that would leave its line', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 3 }), (names) => {
        const workspaces = names.map((name) => name.trim()).filter((name) => name !== '');
        for (const line of squidFor('claude', { workspaces }).split('\n'))
          expect(line).toMatch(
            /^(#.*|acl [\w.\- ]+|request_header_access [\w-]+ deny \w+|request_header_add [\w-]+ "[\w.,-]+" \w+|)$/,
          );
      }),
      { numRuns: 100, seed: 7 },
    );
  });

  it('go to where people sign in for Microsoft, whose own directory nobody can guess', () => {
    const text = squidFor('microsoft-365-copilot', { workspaces: ['acme.example'] });
    expect(text).toMatch(
      /^acl halflight_tenant_\d dstdomain login.microsoft.com login.microsoftonline.com login.windows.net$/m,
    );
    expect(text).toContain('request_header_add Restrict-Access-To-Tenants "acme.example"');
    expect(text).toContain('# request_header_add Restrict-Access-Context "VALUE"');
  });

  it('shut personal Microsoft accounts out where these sign in, and nowhere else', () => {
    // Microsoft Learn: the header goes to login.live.com, and its one value is restrict-msa.
    const text = squidFor('microsoft-copilot', { workspaces: ['acme.example'] });
    const [, acl] = /^acl (\w+) dstdomain login\.live\.com$/m.exec(text) ?? [];
    expect(text).toContain(`request_header_add sec-Restrict-Tenant-Access-Policy "restrict-msa" ${acl}\n`);
    expect(text).not.toContain('acme.example');
  });

  it('are only for services approved for enterprise accounts', () => {
    expect(squidFor('claude', { allowed_account: 'any' })).not.toContain('anthropic');
    expect(squidFor('claude', { status: 'denied' })).not.toContain('anthropic');
  });
});

/** What the product itself says of the file; where it is not installed the expectations above stand alone. In CI it must be. */
const checkers: readonly [id: string, program: string, args: string[], main: string][] = [
  ['rpz', 'named-checkzone', ['-q', 'rpz.halflight.test', 'list'], ''],
  ['dnsmasq', 'dnsmasq', ['--test', '--conf-file=list'], ''],
  ['unbound', 'unbound-checkconf', ['main'], 'server:\n  directory: ""\n  chroot: ""\n  username: ""\ninclude: list\n'],
];
const has = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

describe('the products take', () => {
  const list = blockListOf({
    catalog: ownCatalog(),
    entries: [entry('all', [...ownCatalog().services.keys()])],
    ownDomains: [],
    day,
  });
  it.each(checkers)('%s for the whole catalog (%s)', (id, program, args, main) => {
    if (!has(program)) {
      if (process.env.TEST_REQUIRE_ALL === '1') throw new Error(`TEST_REQUIRE_ALL=1, and ${program} is not installed`);
      process.stderr.write(`${program} is not installed: ${id} was not shown to it\n`);
      return;
    }
    const cwd = temporaryFolder({ main, list: textOf(id, list) });
    const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' });
    expect(status, `${stdout}${stderr}`).toBe(0);
    writeFileSync(join(cwd, 'list'), `${textOf(id, list)}what no product takes\n`);
    expect(spawnSync(program, args, { cwd }).status, 'the check sees what is wrong').not.toBe(0);
  });
});

describe('Squid takes', () => {
  const entries = (change: Record<string, unknown>) =>
    blockListOf({
      catalog: ownCatalog(),
      entries: [entry('all', [...ownCatalog().services.keys()], change)],
      ownDomains: [],
      day,
    });
  /** What Squid complains of: it takes a list with names within others, and says that it should not be so. */
  const complaints = (id: string, list: string, main: string): string => {
    const cwd = temporaryFolder({ list, main: `http_port 127.0.0.1:3128\npid_filename none\n${main}\n` });
    const { status, stdout, stderr } = spawnSync('squid', ['-k', 'parse', '-f', 'main'], { cwd, encoding: 'utf8' });
    const said = `${stdout}${stderr}`
      .split('\n')
      .filter((line) => /WARNING|ERROR|FATAL|unrecognized|Bungled/.test(line));
    return [...(status === 0 ? [] : [`${id}: exit code ${status}`]), ...said].join('\n');
  };
  const mains = { squid: 'acl ai dstdomain "list"\nhttp_access deny ai', 'tenant-squid': 'include list' };
  it.each([
    ['squid', entries({}), (text: string) => `${text}x.jasper.ai\n`, 'subdomain'],
    [
      'tenant-squid',
      entries({ status: 'approved', allowed_account: 'enterprise', workspaces: ['t-1', 't-2'] }),
      (text: string) => `${text}request_header_ad X "y" nobody\n`,
      'unrecognized',
    ],
  ] as const)('%s for the whole catalog', (id, list, spoil, complaint) => {
    if (!has('squid')) {
      if (process.env.TEST_REQUIRE_ALL === '1') throw new Error('TEST_REQUIRE_ALL=1, and squid is not installed');
      process.stderr.write(`squid is not installed: ${id} was not shown to it\n`);
      return;
    }
    const text = textOf(id, list);
    expect(text.split('\n').length).toBeGreaterThan(10);
    expect(complaints(id, text, mains[id])).toBe('');
    expect(complaints(id, spoil(text), mains[id]), 'the check sees what is wrong').toContain(complaint);
  });
});
