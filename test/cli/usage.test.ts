import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { halflight, shell, squidLog, temporaryFolder } from '../helpers/cli.js';

const folder = temporaryFolder({ 'access.log': squidLog(3), 'inventory.yaml': 'entries: []\n' });

describe('help', () => {
  it.each([
    ['--help', 'scan [options] <path...>'],
    ['scan --help', '--fail-on <verdicts>'],
    ['parse --help', '--explain'],
    ['match --help', '--json'],
    ['detect-format --help', '{file, format, confidence, why}'],
    ['catalog --help', 'check [options]'],
    ['blocklist --help', 'rollback [options] <format> [version]'],
    ['audit verify --help', '(may be repeated) --key'],
    ['gate --help', 'key, candidate (default: denied, retired, out-of-scope'],
    ['help scan', '--log-timezone'],
  ])('halflight %s explains itself on standard output, in 80 columns', async (args, part) => {
    const { code, stdout, stderr } = await halflight(args.split(' '));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.replace(/\s+/g, ' ')).toContain(part);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('scan --help names every option of the contract', async () => {
    const { stdout } = await halflight(['scan', '--help']);
    const options = ['out', 'inventory', 'people', 'format', 'mapping', 'since', 'until', 'timezone', 'log-timezone'];
    for (const option of [...options, 'signatures', 'data', 'names', 'fail-on', 'threads', 'json'])
      expect(stdout).toContain(`--${option}`);
  });

  it('the version is that of the package', async () => {
    expect(await halflight(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });
});

describe('wrong usage: exit code 2, what is wrong, and where help is', () => {
  it.each([
    ['', 'Usage: halflight'],
    ['zzz', 'unknown command \'zzz\'\n"halflight --help" shows'],
    ['scna x', "unknown command 'scna'\n(Did you mean scan?)"],
    ['scan', 'missing required argument \'path\'\n"halflight scan --help" shows'],
    ['scan --nope', "unknown option '--nope'"],
    ['scan x --out', "option '--out <dir>' argument missing"],
    ['scan x --since yesterday', '--since "yesterday" is no day; write it as 2026-11-22'],
    ['scan x --until 2026-02-30', '--until "2026-02-30" is no day'],
    ['scan x --since 2026-03-02 --until 2026-03-02', '--since must be before --until'],
    ['scan x --timezone Berlin', '--timezone "Berlin" is no time zone; use an IANA name such as Europe/Berlin'],
    ['scan x --log-timezone Berlin', '--log-timezone "Berlin" is no time zone'],
    ['scan x --fail-on bad', '"bad" is no verdict; the verdicts are denied, retired'],
    ['scan x --format squidd', 'there is no format "squidd"; did you mean squid?'],
    ['scan x --out access.log', '--out access.log is a file; name a folder'],
    ['scan x --out access.log/report', '--out access.log/report lies below something that is no folder'],
    ['scan x --data access.log', '--data access.log is a file; name a folder'],
    ['parse', "required option '--format <id>' not specified"],
    ['parse --format squid', "missing required argument 'file'"],
    ['parse --format squidd access.log', 'there is no format "squidd"; did you mean squid?'],
    ['parse --format squid access.log more.log', "too many arguments for 'parse'"],
    ['parse --format squid --log-timezone X access.log', '--log-timezone "X" is no time zone'],
    ['match --nope', "unknown option '--nope'"],
    ['detect-format', "missing required argument 'file'"],
    ['catalog', 'Usage: halflight catalog'],
    ['catalog nope', 'unknown command \'nope\'\n"halflight catalog --help" shows'],
    ['catalog list extra', "too many arguments for 'list'"],
    ['catalog show chatgtp', 'no service has the id "chatgtp"; did you mean chatgpt?'],
  ])('halflight %s', async (args, message) => {
    const { code, stdout, stderr } = await halflight(args === '' ? [] : args.split(' '), { cwd: folder });
    expect(stderr).toContain(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    if (!stderr.startsWith('Usage')) expect(stderr).toMatch(/^(Reading x \.\.\.\n)?halflight: /);
  });
});

describe('something that could not be done: exit code 3, what and where', () => {
  it.each([
    ['scan access.log --inventory none.yaml', 'none.yaml does not exist; check the path'],
    ['scan access.log --people .', '. is a folder; name a file'],
    ['scan access.log --mapping none.yaml', 'none.yaml does not exist'],
    ['scan access.log --mapping access.log', 'access.log is no mapping file'],
    ['scan access.log --signatures none', 'none does not exist'],
    ['parse --format squid none.log', 'none.log does not exist; check the path'],
    ['parse --format squid .', '. is a folder; name a file'],
    ['detect-format none.log', 'none.log does not exist; check the path'],
    ['match example.org --signatures none', 'none does not exist'],
  ])('halflight %s', async (args, message) => {
    const { code, stdout, stderr } = await halflight(args.split(' '), { cwd: folder });
    expect(stderr).toContain(`halflight: ${message}`);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  });
});

describe('a folder that may not be written', () => {
  // The superuser may write everywhere, unless it gives that up.
  const asUser = process.getuid?.() === 0 ? 'setpriv --bounding-set=-dac_override,-dac_read_search ' : '';
  const closed = join(folder, 'closed');
  mkdirSync(closed, { mode: 0o500 });

  it.each(['--out', '--data'])('%s: is told before anything is read', async (option) => {
    const command = `${asUser}halflight scan access.log ${option} closed/of/mine`;
    expect(await shell(command, { cwd: folder })).toEqual({
      code: 3,
      stdout: '',
      stderr: `halflight: ${option} closed/of/mine cannot be used: ${closed} may not be written by this user; check its permissions, or choose another place\n`,
    });
  });

  it.each([
    'catalog export --as sigma --out closed/rules',
    'gate . --sarif closed/result.sarif',
    'export blocklist hosts --inventory inventory.yaml --out closed/list.txt',
  ])('halflight %s says that it is about writing', async (args) => {
    const { code, stderr } = await shell(`${asUser}halflight ${args}`, { cwd: folder });
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: expect.stringMatching(/^halflight: closed\S* may not be written by this user; check its permissions/m),
    });
  });
});

describe('files that cannot be written in the end', () => {
  it('take nothing away of what was found: the report is printed, and the exit code is 3', async () => {
    mkdirSync(join(folder, 'taken/usage.csv'), { recursive: true });
    const { code, stdout, stderr } = await halflight(['scan', 'access.log', '--out', 'taken'], { cwd: folder });
    expect(stdout).toContain('1 file, 3 records');
    expect(stdout).not.toContain('Written');
    expect(stderr).toMatch(/^halflight: taken\/usage\.csv /m);
    expect(code).toBe(3);
  });

  it('keygen makes its folder', async () => {
    const { code, stdout } = await halflight(['catalog', 'keygen', '--out', 'new/keys'], { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('new/keys/catalog-private.pem') });
  });
});

describe('standard output', () => {
  it('may be closed early by its reader', async () => {
    const { stdout, stderr } = await shell(
      'set -o pipefail; halflight catalog list | head -1; echo $?; halflight scan access.log 2>&1 | head -1; echo $?',
      { cwd: folder },
    );
    expect(stderr).toBe('');
    expect(stdout.split('\n').filter((line) => /^\d+$/.test(line))).toEqual(['0', '0']);
  });

  it('that is a full disk is reported, not traced', async () => {
    const { code, stderr } = await shell('halflight catalog list > /dev/full', { cwd: folder });
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: 'halflight: standard output cannot be written: the disk is full\n',
    });
  });
});
