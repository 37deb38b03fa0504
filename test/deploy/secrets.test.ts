import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { deployFile, temporaryFolder } from './helpers.js';

it('makes random passwords once, each in the files that need it, which strangers cannot read', () => {
  const folder = join(temporaryFolder(), 'secrets');
  const make = (): Record<string, string> => {
    execFileSync('sh', [deployFile('make-secrets.sh'), folder], { stdio: 'pipe' });
    return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  };
  const made = make();
  expect(make()).toEqual(made);
  expect(made['postgres-superuser']).toMatch(/^[0-9a-f]{64}\n$/);
  expect(made['database-url']).toBe(
    `postgresql://halflight:${made['postgres-owner']?.trim()}@postgres:5432/halflight\n`,
  );
  expect(made['postgres-owner']).not.toBe(made['postgres-superuser']);
  const [, password = ''] = /^redis:\/\/halflight:([0-9a-f]{64})@redis:6379\n$/.exec(made['redis-url'] ?? '') ?? [];
  expect(made['redis-users']).toContain(`user halflight on #${createHash('sha256').update(password).digest('hex')} `);
  expect(made['redis-users']).toContain('user default off');
  for (const name of Object.keys(made)) {
    const { mode, gid } = statSync(join(folder, name));
    expect((mode & 0o777).toString(8)).toBe('440');
    if (process.getuid?.() === 0) expect(gid).toBe(/^(database|redis)-url$/.test(name) ? 10001 : 999);
  }
});
