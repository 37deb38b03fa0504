import { describe, expect, it } from 'vitest';
import { environmentName, readConfig } from '../../src/config/read.js';
import type { Secret } from '../../src/config/secret.js';
import { formatDuration, formatSize, parseDuration, parseSize } from '../../src/config/units.js';
import { defaults } from './defaults.js';

const read = (text: string | undefined, env: Record<string, string> = {}) =>
  readConfig({ text, file: 'halflight.yaml', env });
/** Problems as `line field: message`. */
const said = (text: string, env: Record<string, string> = {}) =>
  read(text, env).problems.map(({ line, field, message }) => `${line} ${field}: ${message}`);

describe('durations and sizes', () => {
  it.each([
    ['30s', 30_000],
    ['1h30m', 5_400_000],
    ['90d', 7_776_000_000],
    ['2w', 1_209_600_000],
    ['250ms', 250],
    ['0s', 0],
  ])('%s is %i milliseconds', (text, value) => {
    expect(parseDuration(text)).toBe(value);
    expect(parseDuration(formatDuration(value))).toBe(value);
  });

  it.each([
    ['4096B', 4096],
    ['16MiB', 16_777_216],
    ['1.5GB', 1_500_000_000],
    ['1KB', 1000],
    ['64 MiB', 67_108_864],
    ['2TiB', 2_199_023_255_552],
  ])('%s is %i bytes', (text, value) => {
    expect(parseSize(text)).toBe(value);
    expect(parseSize(formatSize(value))).toBe(value);
  });

  it.each(['', '5', '5 m', 'm', '-5m', '5M', '1.5h', '5m ', '9999999999d'])('%j is no duration', (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  );
  it.each(['', '5', '5  MB', '1GIB', '-1B', '1e3B', '1.2345GB'])('%j is no size', (text) =>
    expect(parseSize(text)).toBeUndefined(),
  );
});

describe('what holds', () => {
  it.each([undefined, '', '# nothing\n', '{}', 'sources:\nserver: ~\n', '\ufeff'])(
    '%j gives the working default',
    (text) => {
      expect(read(text)).toMatchObject({ problems: [] });
      expect(read(text).config).toEqual(defaults);
    },
  );

  it('a source and a channel are read with their options as they stand', () => {
    const { config, problems } = read(`
sources:
  - { id: hq, kind: folder, every: 5s, expect_every: 1h, quota: { bytes_per_day: 1KiB }, options: { path: /x, deep: [{ a: 1.5, b: no }] } }
channels:
  - { id: soc, kind: webhook, options: { url: 'https://h.example/?a=b' } }
`);
    expect(problems).toEqual([]);
    expect(config.sources).toEqual([
      {
        id: 'hq',
        kind: 'folder',
        every: 5000,
        expect_every: 3_600_000,
        quota: { bytes_per_day: 1024 },
        options: { path: '/x', deep: [{ a: 1.5, b: 'no' }] },
      },
    ]);
    expect(config.channels[0]).toEqual({
      id: 'soc',
      kind: 'webhook',
      notices: [
        'alert.opened',
        'alert.reminded',
        'alert.escalated',
        'alert.acknowledged',
        'alert.resolved',
        'audit.broken',
        'blocklist.waiting',
        'blocklist.kept',
      ],
      options: { url: 'https://h.example/?a=b' },
    });
  });

  it('environment variables stand over the file, and an empty one does not', () => {
    const { config, originOf } = read('server: { port: 1, listen: 127.0.0.2 }\nlog: { level: warn }', {
      HALFLIGHT_PORT: '8443',
      HALFLIGHT_LISTEN: '',
      HALFLIGHT_TIMEZONE: 'Asia/Tokyo',
      HALFLIGHT_TRUSTED_PROXIES: '10.0.0.1, fd00::/8',
      DATABASE_URL: 'postgresql://u:p@h/d',
    });
    expect(config.server).toEqual({ port: 8443, listen: '127.0.0.2', trusted_proxies: ['10.0.0.1', 'fd00::/8'] });
    expect(config.organisation.timezone).toBe('Asia/Tokyo');
    expect(config.database.url?.source).toEqual({ env: 'DATABASE_URL' });
    expect(originOf(['server', 'port'])).toEqual({ from: 'environment', name: 'HALFLIGHT_PORT' });
    expect(originOf(['server', 'listen'])).toEqual({ from: 'file', line: 1 });
    expect(originOf(['log', 'level'])).toEqual({ from: 'file', line: 2 });
    expect(originOf(['work', 'threads'])).toEqual({ from: 'default' });
  });

  it('references within options become secrets, however deep', () => {
    const { config } = read(
      'sources: [{ id: a, kind: s3, options: { auth: { secret_access_key: { env: KEY } }, list: [{ file: /run/x }] } }]',
    );
    const options = config.sources[0]?.options as { auth: { secret_access_key: Secret }; list: Secret[] };
    expect(options.auth.secret_access_key.place).toBe('env KEY');
    expect(options.list[0]?.place).toBe('file /run/x');
    expect(JSON.stringify(options)).toContain('{"env":"KEY"}');
  });

  it('anchors and aliases share a value', () =>
    expect(read('retention: { usage: &long 500d, history: *long }').config.retention).toMatchObject({
      usage: 43_200_000_000,
      history: 43_200_000_000,
    }));
});

describe('what is wrong: line, key, and what is accepted; all at once', () => {
  it.each([
    ['serve: {}', '1 serve: unknown key; did you mean server?'],
    ['server:\n  listn: 1', '2 server.listn: unknown key; did you mean listen?'],
    ['server:\n  x: 1', '2 server.x: unknown key; accepted are listen, port, trusted_proxies, public_url, tls'],
    ['server: 5', '1 server: accepted is a map of keys and values'],
    ['- a', '1 : accepted is a map of keys such as organisation, server, sources'],
    ['organisation: { timezone: Berlin }', '1 organisation.timezone: accepted is an IANA time zone such as'],
    ['server: { port: 70000 }', '1 server.port: accepted is a whole number from 0 to 65535'],
    ['server: { port: "80" }', '1 server.port: accepted is a whole number'],
    ['server: { listen: 127.0.0.1:80 }', '1 server.listen: accepted is an address of this machine'],
    ['server: { public_url: ftp://x }', '1 server.public_url: accepted is an http or https address'],
    ['server: { trusted_proxies: [10.0.0.0/33] }', '1 server.trusted_proxies[0]: accepted is an address (10.0.0.7)'],
    ['server: { tls: { cert: a.pem } }', '1 server.tls.key: is missing; accepted is the path of a file'],
    ['work: { chunk_deadline: 5 }', '1 work.chunk_deadline: accepted is a duration from 1s to 1d'],
    ['work: { chunk_deadline: 2d }', '1 work.chunk_deadline: accepted is a duration from 1s to 1d'],
    ['retention: { history: 1h }', '1 retention.history: accepted is a duration of at least 1d, such as 90d, or never'],
    ['retention: { audit: never }', '1 retention.audit: unknown key'],
    [
      'audit: { checkpoints: { channels: [soc] } }',
      '1 audit.checkpoints.channels[0]: is the id of none of the channels',
    ],
    ['spool: { size: 1 }', '1 spool.size: accepted is a size from 16MiB to 10TiB'],
    ['spool: { size: 16MiB }', '1 spool.segment: is more than a quarter of spool.size'],
    [
      'log: { level: inffo }',
      '1 log.level: accepted is one of trace, debug, info, warn, error, fatal; did you mean info?',
    ],
    ['net: { allow: ["http://x"] }', '1 net.allow[0]: accepted is a network'],
    ['net: { proxy: "http://u:p@x:1" }', '1 net.proxy: accepted is an http or https address without user name'],
    ['database: { url: postgresql://h/d }', '1 database.url: accepted is { env: NAME }'],
    ['database: { url: { env: lower } }', '1 database.url.env: accepted is { env: NAME }'],
    ['database: { url: { env: A, file: b } }', '1 database.url: accepted is { env: NAME }'],
    ['sources: {}', '1 sources: accepted is a list'],
    ['sources:\n  - kind: folder', '2 sources[0].id: is missing; accepted is a name of 1 to 63'],
    ['sources:\n  - { id: A, kind: folder }', '2 sources[0].id: accepted is a name of 1 to 63'],
    ['sources:\n  - id: a\n    kind: f\n  - id: a\n    kind: f', '4 sources.a.id: another of the sources has this id'],
    ['sources: [{ id: a, kind: f, every: 1m, schedule: "* * * * *" }]', '1 sources.a.schedule: stands beside every'],
    [
      'sources: [{ id: a, kind: f, options: { password: x } }]',
      '1 sources.a.options.password: accepted is { env: NAME }',
    ],
    ['sources: [{ id: a, kind: f, options: { u: "http://a:b@h" } }]', '1 sources.a.options.u: holds a password'],
    ['channels: [{ id: a, kind: f, notices: [x] }]', '1 channels.a.notices[0]: accepted is one of alert.opened'],
    ['findings: { quiet: 91d }', '1 findings.quiet: is longer than findings.window'],
    ['retention: { usage: 30d }', '1 retention.usage: is shorter than findings.window'],
    ['server: { listen: 0.0.0.0 }', '1 server.listen: is reachable from the network without https'],
    ['a: 1\na: 2', '2 : this key stands twice; keep one of them'],
    ['log:\n\tlevel: info', '2 : is not valid YAML; indent with blanks'],
    ['log: *x', '1 log: an alias whose anchor is not there'],
    ['log: !!js/function x', '1 : has a tag (!...) that is not supported'],
    ['<<: { a: 1 }', '1 <<: merging maps is not supported'],
    ['a: 1\n---\nb: 2', '2 : holds more than one document'],
  ])('%j', (text, message) => {
    const problems = said(text);
    expect(problems.map((problem) => problem.startsWith(message) || problem)).toContain(true);
  });

  it('every problem is told, each with its line, and what is right stays', () => {
    const { config, problems } = read(`server:
  port: x
  listen: 127.0.0.3
log: { level: loud }
sources:
  - { id: bad, kind: folder, every: 1 }
  - { id: good, kind: folder, every: 1m }
  - { id: worse }
work: { threads: 3, treads: 4 }
`);
    expect(new Set(problems.map(({ line, field }) => `${line} ${field}`))).toEqual(
      new Set(['2 server.port', '4 log.level', '6 sources.bad.every', '8 sources.worse.kind', '9 work.treads']),
    );
    expect(config).toMatchObject({ server: { port: 8480, listen: '127.0.0.3' }, work: { threads: 3 } });
    expect(config.sources.map(({ id }) => id)).toEqual(['good']);
  });

  it('a value is not held against the default of one that is wrong itself', () => {
    const text =
      'findings: { window: 9x, quiet: 100d }\nspool: { size: 17, segment: 1GiB }\nserver: { listen: "::", tls: 1 }';
    expect(new Set(read(text).problems.map(({ field }) => field))).toEqual(
      new Set(['findings.window', 'spool.size', 'server.tls']),
    );
  });

  it('a problem of a source behind a wrong one names the right line', () => {
    const { problemAt, originOf } = read('sources:\n  - { id: x }\n  - id: good\n    kind: folder\n');
    expect(problemAt(['sources', 0, 'kind'], 'm')).toMatchObject({ line: 4, field: 'sources.good.kind' });
    expect(originOf(['sources', 0, 'kind'])).toEqual({ from: 'file', line: 4 });
  });

  it('a wrong variable is named, and one that is unknown is a warning with the nearest name', () => {
    const { problems, config } = read('', { HALFLIGHT_PORT: 'x', HALFLIGHT_PROT: '1', HALFLIGHT_TLS_CERT: 'c.pem' });
    expect(problems.map(({ severity, file, line, field, message }) => [severity, file, line, field, message])).toEqual(
      expect.arrayContaining([
        ['error', environmentName, 0, 'HALFLIGHT_PORT', 'accepted is a whole number from 0 to 65535'],
        [
          'warning',
          environmentName,
          0,
          'HALFLIGHT_PROT',
          'unknown environment variable, which changes nothing; did you mean HALFLIGHT_PORT?',
        ],
        [
          'error',
          environmentName,
          0,
          'HALFLIGHT_TLS_CERT',
          'server.tls.key is missing; accepted is the path of a file',
        ],
      ]),
    );
    expect(config.server).toEqual(defaults.server);
  });

  it('a variable of the tests that makes the service fail is never called harmless', () => {
    const { problems } = read('', { HALFLIGHT_FAULTS: 'commit.before=kill@3' });
    expect(problems.map(({ severity, field, message }) => [severity, field, message])).toEqual([
      ['warning', 'HALFLIGHT_FAULTS', 'makes the service fail on purpose, for the tests of Halflight: unset it'],
    ]);
  });
});
