import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/read.js';
import { deployFile, knownCommands, readDeploy, root, temporaryFolder } from './helpers.js';

const units = readdirSync(deployFile('systemd')).filter((name) => name.endsWith('.service'));

/** Every value of a key of a unit. */
const valuesOf = (unit: string, key: string): string[] =>
  [...readDeploy(`systemd/${unit}`).matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map((match) => match[1] ?? '');
const start = (unit: string): string => valuesOf(unit, 'ExecStart')[0] ?? '';

describe('deploy/systemd', () => {
  it('has a unit for the API, one for each worker, and one for the scheduler', () => {
    expect(units.sort()).toEqual(['halflight-schedule.service', 'halflight-serve.service', 'halflight-work@.service']);
  });

  it.each(units)('%s is confined, started again whenever it ends, and given 15 seconds to stop', (unit) => {
    const expected: Record<string, string> = {
      User: 'halflight',
      NoNewPrivileges: 'yes',
      ProtectSystem: 'strict',
      ProtectHome: 'yes',
      PrivateTmp: 'yes',
      CapabilityBoundingSet: '',
      StateDirectory: 'halflight',
      Restart: 'always',
      RestartSec: '2',
      StartLimitIntervalSec: '0',
      TimeoutStopSec: '15',
      UMask: '0077',
    };
    for (const [key, value] of Object.entries(expected)) expect([key, ...valuesOf(unit, key)]).toEqual([key, value]);
    // V8 writes memory and then runs it.
    expect(valuesOf(unit, 'MemoryDenyWriteExecute')).toEqual([]);
    expect(valuesOf(unit, 'LoadCredential')).toEqual([
      'database-url:/etc/halflight/secrets/database-url',
      'redis-url:/etc/halflight/secrets/redis-url',
    ]);
  });

  it.each(units)('%s calls a command that the program has, from a path that is in the package', (unit) => {
    const [, program = '', command = ''] =
      /node (\/\S+) (\w+)(?: --no-work)? --config \/etc\/halflight\/halflight\.yaml/.exec(start(unit)) ?? [];
    expect(existsSync(join(root, program.replace('/opt/halflight/', '')))).toBe(true);
    expect(unit).toContain(command);
    expect(knownCommands()).toContain(command);
    expect(valuesOf(unit, 'Documentation')).toEqual(['file:/opt/halflight/docs/deployment.md']);
    expect(existsSync(join(root, 'docs/deployment.md'))).toBe(true);
  });

  it.each(units)(
    '%s hands the credentials to the program, whatever signs they hold, and to nobody who lists processes',
    (unit) => {
      const folder = temporaryFolder();
      const url = `postgresql://u:a%24b'c"d\`e$f@host/db`;
      writeFileSync(join(folder, 'database-url'), `${url}\n`);
      writeFileSync(join(folder, 'redis-url'), 'redis://u:p@host\n');
      const node = join(folder, 'node');
      writeFileSync(node, '#!/bin/sh\nprintf "%s|" "$DATABASE_URL" "$REDIS_URL" "$@"', { mode: 0o755 });
      const [, script = ''] = /^\/bin\/sh -c '(.*)'$/.exec(start(unit)) ?? [];
      // As systemd passes it on: a doubled dollar is one.
      const plain = script.replaceAll('$$', '$').replace('/usr/bin/node', node);
      const said = execFileSync('/bin/sh', ['-c', plain], {
        encoding: 'utf8',
        env: { PATH: process.env.PATH, CREDENTIALS_DIRECTORY: folder },
      });
      const [, command = ''] = /halflight\.js (\w+)/.exec(plain) ?? [];
      const more = command === 'serve' ? '--no-work|' : '';
      expect(said).toBe(
        `${url}|redis://u:p@host|/opt/halflight/bin/halflight.js|${command}|${more}--config|/etc/halflight/halflight.yaml|`,
      );
      const without = spawnSync('/bin/sh', ['-c', plain], {
        env: { PATH: process.env.PATH, CREDENTIALS_DIRECTORY: '/nowhere' },
      });
      expect(without.status).not.toBe(0);
    },
  );

  it('satisfies systemd, where it is installed, and leaves an exposure of at most 2 of 10', () => {
    if (spawnSync('systemd-analyze', ['--version']).status !== 0) return;
    const folder = temporaryFolder();
    mkdirSync(folder, { recursive: true });
    const paths = units.map((unit) => {
      // systemd looks for the programs, and Node is elsewhere here.
      writeFileSync(join(folder, unit), readDeploy(`systemd/${unit}`).replaceAll('/usr/bin/node', process.execPath));
      return join(folder, unit);
    });
    const verified = spawnSync('systemd-analyze', ['verify', '--man=no', ...paths], { encoding: 'utf8' });
    expect(verified.stderr).toBe('');
    expect(verified.status).toBe(0);
    for (const path of paths) {
      // Tenths of the exposure.
      const { status, stdout } = spawnSync('systemd-analyze', ['security', '--offline=true', '--threshold=20', path], {
        encoding: 'utf8',
      });
      expect(status, stdout.slice(-200)).toBe(0);
    }
  });

  it('comes with a configuration that holds, which listens on this machine only', () => {
    const { problems, config } = readConfig({
      text: readDeploy('systemd/halflight.yaml'),
      file: 'halflight.yaml',
      env: {},
    });
    expect(problems).toEqual([]);
    expect([config.server.listen, config.server.port, config.data]).toEqual(['127.0.0.1', 8480, '/var/lib/halflight']);
  });
});
