import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Channel } from '../../src/alerts/common/channel.js';
import { describeConfigProblem, loadConfig, openConfig } from '../../src/cli/common/config.js';
import { type Kinds, openKinds } from '../../src/cli/common/config-kinds.js';
import { withSecrets } from '../../src/config/secret.js';
import { halflight, root, temporaryFolder, writeFiles } from '../helpers/cli.js';

/** A folder of its own with a configuration; its files may be read by their owner alone. */
function folderWith(config: string, files: Record<string, string> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'halflight-config-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  writeFiles(folder, { 'halflight.yaml': config, ...files });
  for (const name of Object.keys(files)) chmodSync(join(folder, name), 0o600);
  return folder;
}
const load = (config: string, env: Record<string, string> = {}, files: Record<string, string> = {}) =>
  loadConfig({ cwd: folderWith(config, files), env });
const lines = (loaded: { problems: readonly Parameters<typeof describeConfigProblem>[0][] }) =>
  loaded.problems.map(describeConfigProblem);

describe('which file', () => {
  const folder = folderWith('log: { level: debug }', {
    'other.yaml': 'log: { level: warn }',
    'third.yaml': 'log: { level: error }',
  });
  const level = (options: { config?: string; env?: Record<string, string> }) =>
    loadConfig({ cwd: folder, env: {}, ...options }).config.log.level;

  it('--config, else HALFLIGHT_CONFIG, else halflight.yaml, else none', () => {
    expect(level({ config: 'other.yaml', env: { HALFLIGHT_CONFIG: 'third.yaml' } })).toBe('warn');
    expect(level({ env: { HALFLIGHT_CONFIG: 'third.yaml' } })).toBe('error');
    expect(level({ env: { HALFLIGHT_CONFIG: '' } })).toBe('debug');
    const none = loadConfig({ cwd: tmpdir(), env: {} });
    expect(none).toMatchObject({ file: undefined, problems: [], config: { log: { level: 'info' } } });
    expect(none.config.data).toBe(join(tmpdir(), 'halflight-data'));
  });

  it.each([
    ['none.yaml', 'none.yaml does not exist; check the path'],
    ['.', '. is a folder; name a file'],
    ['/dev/zero', '/dev/zero is no regular file; name one'],
  ])('%s that is named and cannot be read stops everything', (config, message) =>
    expect(() => loadConfig({ cwd: folder, env: {}, config })).toThrow(message),
  );

  it('a file that is not UTF-8 is refused in words', () => {
    writeFiles(folder, { 'latin1.yaml': Buffer.from('people: Jos\xe9.csv', 'latin1') });
    expect(() => loadConfig({ cwd: folder, env: {}, config: 'latin1.yaml' })).toThrow('is not UTF-8; save it as UTF-8');
  });
});

describe('paths', () => {
  it('those of the file begin at the file, those of the environment at the working folder', () => {
    const folder = folderWith('', {});
    writeFiles(folder, {
      'etc/halflight.yaml': 'people: people.csv\ndata: ../data\nsources: [{ id: a, kind: folder, mapping: m.yaml }]',
      'etc/people.csv': 'id\n',
      'etc/m.yaml': '',
      'inventory.yaml': '[]',
    });
    const { config, problems } = loadConfig({
      cwd: folder,
      config: 'etc/halflight.yaml',
      env: { HALFLIGHT_INVENTORY: 'inventory.yaml' },
    });
    expect(problems).toEqual([]);
    expect(config).toMatchObject({
      people: join(folder, 'etc/people.csv'),
      inventory: join(folder, 'inventory.yaml'),
      data: join(folder, 'data'),
    });
    expect(config.sources[0]?.mapping).toBe(join(folder, 'etc/m.yaml'));
  });

  it('files and folders that are not there are told with their line', () => {
    const loaded = load('people: p.csv\ninventory: .\nsignatures: halflight.yaml\ndata: halflight.yaml\n');
    expect(lines(loaded)).toEqual([
      expect.stringMatching(/^halflight\.yaml:1: people: .*\/p\.csv does not exist; check the path$/),
      expect.stringMatching(/^halflight\.yaml:2: inventory: .* is a folder; name a file$/),
      expect.stringMatching(/^halflight\.yaml:3: signatures: .* is no folder; name one$/),
      expect.stringMatching(/^halflight\.yaml:4: data: .* is no folder; name one$/),
    ]);
  });

  it('a private key that everybody may read is refused', () => {
    const folder = folderWith('server: { tls: { cert: c.pem, key: k.pem } }', { 'c.pem': 'x', 'k.pem': 'x' });
    expect(loadConfig({ cwd: folder, env: {} }).problems).toEqual([]);
    chmodSync(join(folder, 'k.pem'), 0o644);
    expect(lines(loadConfig({ cwd: folder, env: {} }))).toEqual([
      expect.stringMatching(/server\.tls\.key: .*k\.pem may be read by everybody on this machine; run: chmod 600 /),
    ]);
  });
});

describe('secrets', () => {
  const text = 'channels: [{ id: a, kind: webhook, options: { secret: { file: hook } } }]';
  const secretOf = (loaded: ReturnType<typeof loadConfig>) =>
    Reflect.get(withSecrets(loaded.config.channels[0]?.options) as object, 'secret');

  it('are read from variables and files, without the end of the last line', () => {
    expect(secretOf(load(text, {}, { hook: 'two\nlines\r\n' }))).toBe('two\nlines');
    const { config, secrets } = load('', { DATABASE_URL: 'postgresql://u:p%40ssword@h/d' });
    expect(config.database.url?.value).toBe('postgresql://u:p%40ssword@h/d');
    expect([...secrets]).toEqual(expect.arrayContaining(['postgresql://u:p%40ssword@h/d', 'p%40ssword', 'p@ssword']));
  });

  it('a file of the group is taken; one for everybody, an empty one, a folder, a device and a huge one are not', () => {
    const folder = folderWith(text, { hook: 's3cret\n' });
    const said = () => lines(loadConfig({ cwd: folder, env: {} }));
    chmodSync(join(folder, 'hook'), 0o640);
    expect(said()).toEqual([]);
    chmodSync(join(folder, 'hook'), 0o644);
    expect(said()).toEqual([
      `halflight.yaml:1: channels.a.options.secret: ${folder}/hook may be read by everybody on this machine; run: chmod 600 ${folder}/hook`,
    ]);
    chmodSync(join(folder, 'hook'), 0o600);
    writeFiles(folder, { hook: '\n' });
    expect(said()).toEqual([expect.stringContaining('hook is empty; write the secret into it')]);
    writeFiles(folder, { hook: 'x'.repeat(70_000) });
    expect(said()).toEqual([expect.stringContaining('is larger than 65536 bytes; is it the right file?')]);
    rmSync(join(folder, 'hook'));
    expect(said()).toEqual([expect.stringContaining('hook does not exist; check the path')]);
    mkdirSync(join(folder, 'hook'));
    expect(said()).toEqual([expect.stringContaining('hook is a folder; name a file')]);
    const device = text.replace('file: hook', 'file: /dev/null');
    expect(lines(load(device))).toEqual([expect.stringContaining('/dev/null is no regular file; name one')]);
  });

  it('a variable that is not set is told with line, path and remedy', () =>
    expect(lines(load('\nredis:\n  url: { env: MY_REDIS }\n'))).toEqual([
      'halflight.yaml:3: redis.url: the environment variable MY_REDIS is not set; set it for the service, or take the key out',
    ]));

  it('an address of the wrong kind is told without the address', () =>
    expect(lines(load('', { DATABASE_URL: 'mysql://u:canary@h/d' }))).toEqual([
      expect.stringMatching(
        /^environment: DATABASE_URL: what stands in env DATABASE_URL is no address; it begins with postgresql:\/\//,
      ),
    ]));
});

describe('sources and channels are checked by their kinds', () => {
  const fails = () => Promise.reject(new Error('not asked for'));
  const options = z.strictObject({ path: z.string(), token: z.string().optional() });
  const kinds: Kinds = {
    collectors: new Map([
      ['folder', { title: 'Folder', every: 5, options, open: fails, test: fails, async *collect() {} }],
    ]),
    receivers: new Map([
      [
        'push',
        { kind: 'http', title: 'Push', options: z.strictObject({}), provenance: () => 'reported', receive: fails },
      ],
    ]),
    channels: new Map<string, Channel>([
      ['email', { title: 'E-mail', options: z.unknown(), people: 'too', send: fails, test: fails }],
      ['people', { title: 'People', options: z.unknown(), people: 'alone', send: fails, test: fails }],
      [
        'hook',
        {
          title: 'Hook',
          // A careless kind, which quotes what it refuses.
          options: z.strictObject({
            secret: z.string().superRefine((value, context) => context.addIssue(`"${value.slice(0, 12)}" is bad`)),
          }),
          send: fails,
          test: fails,
        },
      ],
    ]),
  };
  const check = async (text: string, env: Record<string, string> = {}) => {
    const loaded = load(text, env);
    return [...loaded.problems, ...(await openKinds(loaded, kinds)).problems].map(describeConfigProblem);
  };

  it.each([
    ['{ id: a, kind: foldr }', 'sources.a.kind: there is no such kind; did you mean folder?'],
    ['{ id: a, kind: kafka }', 'sources.a.kind: there is no such kind; accepted is one of folder, push'],
    ['{ id: a, kind: folder }', 'sources.a.options.path: Invalid input: expected string, received undefined'],
    ['{ id: a, kind: folder, options: { pth: x, path: y } }', 'sources.a.options.pth: unknown key; did you mean path?'],
    [
      '{ id: a, kind: push, every: 5s }',
      'sources.a.every: is for a kind that fetches, and this one is sent to; take it out',
    ],
    [
      '{ id: a, kind: folder, options: { path: x }, quota: { requests_per_second: 5 } }',
      'sources.a.quota.requests_per_second: is for a kind that is sent to, and this one fetches; take it out',
    ],
    ["{ id: a, kind: push, schedule: '* * *' }", 'sources.a.schedule: accepted is a cron expression'],
    ['{ id: a, kind: push, format: squidd }', 'sources.a.format: there is no such format; did you mean squid?'],
    ['{ id: a, kind: push, mapping: halflight.yaml }', 'halflight.yaml is no mapping file'],
    [
      '{ id: a, kind: push, provenance: observed, provenance_reason: because }',
      'sources.a.provenance: observed is what Halflight fetches itself, and a source of kind push is sent to; reported is the most',
    ],
    [
      '{ id: a, kind: push, provenance_reason: because }',
      'sources.a.provenance_reason: is the reason of a provenance, and there is none; take it out',
    ],
    ['{ id: a, kind: push, provenance: sworn }', 'sources.a.provenance: accepted is one of unauthenticated, claimed'],
  ])('%s', async (source, message) => {
    const said = await check(`sources:\n  - ${source}`);
    expect(said.filter((line) => line.includes(message) && line.startsWith('halflight.yaml:2: '))).toHaveLength(1);
  });

  it.each([
    ['blocklists: { formats: [squidd] }', 'there is no such format of block lists; did you mean squid?'],
    [
      'nudges: { enabled: true }',
      'needs nudges.channel, the channel that hints go out by; add a channel of kind email or people first',
    ],
    ['channels: [{ id: a, kind: people }]', 'must be []: a channel of this kind writes to single people alone'],
    [
      'nudges: { channel: a }',
      'there is no channel of kind email or people with this id; add a channel of kind email or people first',
    ],
    ['nudges: { enabled: true, channel: a, from_hour: 17, until_hour: 9 }', 'is not behind from_hour'],
  ])('%s', async (section, message) => {
    const said = await check(`${section}\n`);
    expect(said.filter((line) => line.includes(message) && line.startsWith('halflight.yaml:1: '))).toHaveLength(1);
  });

  it('what is right comes out with the options as the kind takes them', async () => {
    const loaded = load(
      'sources: [{ id: a, kind: folder, options: { path: /x, token: { env: T } } }, { id: b, kind: push }, { id: c, kind: no }]',
      { T: 'the-token' },
    );
    const { sources, problems } = await openKinds(loaded, kinds);
    expect(sources.map(({ source, kind, options: given }) => [source.id, kind.pulled, given])).toEqual([
      ['a', true, { path: '/x', token: 'the-token' }],
      ['b', false, {}],
    ]);
    expect(problems).toHaveLength(1);
  });

  it('what data are worth goes by kind and options, and higher only with a reason', async () => {
    const tls = '{ protocol: tls, tls: { cert: /c, key: /k';
    const loaded = load(
      `sources:
  - { id: fetched, kind: folder, options: { path: /x } }
  - { id: lowered, kind: folder, options: { path: /x }, provenance: claimed }
  - { id: pushed, kind: push }
  - { id: uploaded, kind: upload }
  - { id: open, kind: syslog }
  - { id: known, kind: syslog, options: ${tls}, client_ca: /a } } }
  - { id: unknown, kind: syslog, options: ${tls} } } }
  - { id: trusted, kind: syslog, provenance: reported, provenance_reason: the management network }
  - { id: hoped, kind: syslog, provenance: reported }`,
    );
    const { sources, problems } = await openKinds(loaded);
    expect(sources.map(({ source, provenance }) => [source.id, provenance])).toEqual([
      ['fetched', 'observed'],
      ['lowered', 'claimed'],
      ['pushed', 'reported'],
      ['uploaded', 'claimed'],
      ['open', 'unauthenticated'],
      ['known', 'reported'],
      ['unknown', 'unauthenticated'],
      ['trusted', 'reported'],
    ]);
    expect(problems.map(describeConfigProblem)).toEqual([
      'halflight.yaml:10: sources.hoped.provenance: is more than these data are worth by their kind (unauthenticated); say in provenance_reason why they are, or take it out',
    ]);
  });

  it('a kind that quotes a part of a secret is not repeated', async () => {
    const said = await check('channels: [{ id: a, kind: hook, options: { secret: { env: HOOK } } }]', {
      HOOK: 'canary-0123456789',
    });
    expect(said).toEqual([
      'halflight.yaml:1: channels.a.options.secret: is refused by the kind, for a reason that quotes the secret',
    ]);
  });
});

it('openConfig refuses errors, all of them in one message, and passes warnings on', () => {
  const open = (text: string) => {
    const warnings: string[] = [];
    openConfig({ cwd: folderWith(text), env: {} }, (line) => warnings.push(line));
    return warnings;
  };
  expect(() => open('server: { port: x }\nlog: { level: x }')).toThrow(
    /^the configuration is wrong:\n {2}halflight\.yaml:1: server\.port: .*\n {2}halflight\.yaml:2: log\.level: .*$/,
  );
  expect(open('server: { listen: 0.0.0.0 }')).toEqual([expect.stringMatching(/^halflight\.yaml:1: server\.listen: /)]);
});

describe('halflight config', () => {
  const folder = temporaryFolder({
    'good.yaml': 'organisation: { timezone: Europe/Berlin }\nserver: { port: 8481 }\n',
    'bad.yaml': 'organisation:\n  timezone: Berlin\nserver: { prt: 1, listen: 0.0.0.0 }\n',
  });

  it('check says ok, and how much is configured', async () =>
    expect(await halflight(['config', 'check', '--config', 'good.yaml'], { cwd: folder })).toEqual({
      code: 0,
      stdout: `ok: ${folder}/good.yaml can be used; 0 sources, 0 channels\n`,
      stderr: '',
    }));

  it('check without a file is content with the defaults', async () =>
    expect(await halflight(['config', 'check'], { cwd: folder })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('ok: there is no configuration file, so the defaults and the environment hold'),
    }));

  it('check prints one line a problem and ends with 1; warnings alone do not', async () => {
    const { code, stdout, stderr } = await halflight(['config', 'check', '--config', 'bad.yaml'], { cwd: folder });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      'bad.yaml:2: organisation.timezone: accepted is an IANA time zone such as Europe/Berlin, America/New_York or UTC',
      'bad.yaml:3: server.prt: unknown key; did you mean port?',
      expect.stringMatching(/^warning: bad\.yaml:3: server\.listen: is reachable from the network without https/),
      '',
    ]);
    const warned = await halflight(['config', 'check', '--config', 'good.yaml'], {
      cwd: folder,
      env: { HALFLIGHT_PROT: '1' },
    });
    expect(warned.code).toBe(0);
    expect(warned.stdout).toMatch(/^warning: environment: HALFLIGHT_PROT: .*did you mean HALFLIGHT_PORT\?\nok: /);
  });

  it('check --json gives the problems to programs', async () => {
    const { code, stdout } = await halflight(['config', 'check', '--json', '--config', 'bad.yaml'], { cwd: folder });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      file: join(folder, 'bad.yaml'),
      problems: [{ severity: 'error', line: 2, field: 'organisation.timezone' }, { line: 3 }, { severity: 'warning' }],
    });
  });

  it('show says of each value where it comes from', async () => {
    const options = { cwd: folder, env: { HALFLIGHT_LISTEN: '127.0.0.9', DATABASE_URL: 'postgresql://u:canary@h/d' } };
    const { code, stdout, stderr } = await halflight(['config', 'show', '--config', 'good.yaml'], options);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const rows = stdout.split('\n').map((line) => line.replace(/ {2,}/g, ' | '));
    expect(rows).toEqual(
      expect.arrayContaining([
        `organisation.timezone | Europe/Berlin | # ${folder}/good.yaml:1`,
        'database.url | (set, from env DATABASE_URL) | # environment DATABASE_URL',
        'server.listen | 127.0.0.9 | # environment HALFLIGHT_LISTEN',
        `server.port | 8481 | # ${folder}/good.yaml:2`,
        'retention.usage | 400d | # default',
        'spool.size | 1GiB | # default',
      ]),
    );
    const json = await halflight(['config', 'show', '--json', '--config', 'good.yaml'], options);
    expect(JSON.parse(json.stdout)).toMatchObject({
      values: expect.arrayContaining([
        { key: 'server.port', value: 8481, secret: false, origin: { from: 'file', line: 2 } },
        {
          key: 'database.url',
          value: '(set, from env DATABASE_URL)',
          secret: true,
          origin: { from: 'environment', name: 'DATABASE_URL' },
        },
      ]),
    });
  });

  it('show prints what can be told of a wrong file, the problems beside it, and ends with 3', async () => {
    const { code, stdout, stderr } = await halflight(['config', 'show', '--config', 'bad.yaml'], { cwd: folder });
    expect(code).toBe(3);
    expect(stdout).toMatch(/^organisation\.timezone +UTC +# default$/m);
    expect(stderr).toContain('halflight: bad.yaml:3: server.prt: unknown key; did you mean port?');
  });

  it('a file that cannot be read ends with 3, whatever terminal codes its name holds', async () =>
    expect(await halflight(['config', 'check', '--config', 'no\u001b[31m.yaml'], { cwd: folder })).toEqual({
      code: 3,
      stdout: '',
      stderr: 'halflight: no\\u{1b}[31m.yaml does not exist; check the path\n',
    }));

  it('the annotated example can be used as it is, with its six secrets in the environment', async () => {
    const env = {
      DATABASE_URL: 'postgresql://halflight:x@db.acme.example/halflight',
      REDIS_URL: 'rediss://redis.acme.example:6380',
      ENTRA_CLIENT_SECRET: 'a secret of an app registration',
      OKTA_API_TOKEN: '00aBcDeFgHiJkLmNoPqRsTuVwXyZ',
      SOC_HOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
      ON_CALL_HOOK_SECRET: `whsec_${Buffer.alloc(32, 8).toString('base64')}`,
    };
    expect(await halflight(['config', 'check', '--config', 'examples/halflight.yaml'], { env })).toEqual({
      code: 0,
      stdout: `ok: ${root}/examples/halflight.yaml can be used; 7 sources, 3 channels\n`,
      stderr: '',
    });
  });
});

describe('A31 100 canary secrets', () => {
  const canaries = Array.from({ length: 100 }, (_, n) => `cAnArY${String(n).padStart(3, '0')}xQ7zW`);
  const expectNone = (text: string) => {
    for (const canary of canaries) expect(text).not.toContain(canary);
    expect(text).not.toMatch(/cAnArY\d/);
  };

  it('A31 by reference: in no output of check and show, in no dump of what was loaded, in no JSON of it', async () => {
    const env: Record<string, string> = {};
    const files: Record<string, string> = {};
    const references = canaries.map((canary, n) => {
      if (n % 2 === 0) env[`SECRET_${n}`] = canary;
      else files[`secret-${n}`] = `${canary}\n`;
      return n % 2 === 0 ? `{ env: SECRET_${n} }` : `{ file: secret-${n} }`;
    });
    Object.assign(env, {
      DATABASE_URL: `postgresql://u:${canaries[0]}@h/d`,
      REDIS_URL: `wrong://:${canaries[2]}@h`,
      HALFLIGHT_PROXY: `http://u:${canaries[4]}@proxy:1`,
    });
    const kinds = ['webhook', 'webhok'];
    const folder = folderWith(
      `channels:\n${references.map((reference, n) => `  - { id: c${n}, kind: ${kinds[n % 3] ?? 'webhook'}, options: { ${['secret', 'url', 'list'][n % 3]}: ${n % 3 === 2 ? `[${reference}]` : reference} } }`).join('\n')}\n`,
      files,
    );
    const loaded = loadConfig({ cwd: folder, env });
    expect(loaded.secrets.size).toBeGreaterThanOrEqual(100);
    expectNone(inspect(loaded.config, { depth: 20, showHidden: true }));
    expectNone(JSON.stringify([loaded.config, loaded.problems]));
    expectNone(loaded.config.channels.map(({ options }) => Object.values(options).join()).join());
    for (const args of [['check'], ['check', '--json'], ['show'], ['show', '--json']]) {
      const { stdout, stderr } = await halflight(['config', ...args], { cwd: folder, env });
      expect(stdout).toContain('channels.c');
      expectNone(stdout + stderr);
    }
    expect(lines(loaded).join('\n')).toContain('environment: REDIS_URL: what stands in env REDIS_URL is no address');
  });

  it('A31 written out where a reference belongs, or into YAML that is broken: told with the line and never repeated', async () => {
    const places: readonly ((canary: string) => string)[] = [
      (canary) => `database: { url: ${canary} }`,
      (canary) => `database: { url: postgresql://u:${canary}@h/d }`,
      (canary) => `database: { url: { env: ${canary} } }`,
      (canary) => `database: { url: { env: DATABASE_URL, value: ${canary} } }`,
      (canary) => `redis: { url: [${canary}] }`,
      (canary) => `net: { proxy: http://u:${canary}@proxy:3128 }`,
      (canary) => `channels: [{ id: a, kind: webhook, options: { secret: ${canary} } }]`,
      (canary) => `channels: [{ id: a, kind: webhook, options: { url: https://u:${canary}@h/ } }]`,
      (canary) => `sources: [{ id: a, kind: s3, options: { secret_access_key: ${canary} } }]`,
      (canary) => `sources: [{ id: a, kind: s3, options: { auth: { password: [${canary}] } } }]`,
      (canary) => `redis:\n  url: *${canary}`,
      (canary) => `redis:\n  url: !${canary} x`,
      (canary) => `redis:\n  url: "${canary}\n  prefix: x`,
      (canary) => `redis:\n  url: @${canary}`,
      (canary) => `redis:\n  url: 'x' ${canary}`,
      (canary) => `redis: { url: ${canary}`,
      (canary) => `redis:\n url: x\n   ${canary}: y\n  ${canary}`,
      (canary) => `${canary}`,
      (canary) => `server: { port: ${canary}, listen: "${canary} x", public_url: ${canary} }`,
      (canary) => `log: { level: ${canary} }\norganisation: { timezone: ${canary} }\nspool: { size: ${canary} }`,
    ];
    for (const [n, canary] of canaries.entries()) {
      const folder = folderWith(places[n % places.length]?.(canary) ?? '');
      const loaded = loadConfig({ cwd: folder, env: { DATABASE_URL: '', HALFLIGHT_PORT: canary } });
      const problems = [...loaded.problems, ...(await openKinds(loaded)).problems];
      expect(
        problems.filter(({ line }) => line > 0),
        places[n % places.length]?.('X'),
      ).not.toEqual([]);
      expectNone(
        problems.map(describeConfigProblem).join('\n') + JSON.stringify(problems) + inspect(loaded, { depth: 20 }),
      );
      // The program prints what was looked at above; some of them show that it does.
      if (n % 20 !== 7 && n % 45 !== 10) continue;
      const check = n % 2 === 0;
      const { code, stdout, stderr } = await halflight(['config', check ? 'check' : 'show'], { cwd: folder });
      expect(code).toBe(check ? 1 : 3);
      expectNone(stdout + stderr);
    }
  }, 60_000);
});
