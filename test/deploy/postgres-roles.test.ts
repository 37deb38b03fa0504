import { execFileSync } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/db.js';
import { deployFile } from './helpers.js';

const mark = `deploy_${process.pid}`;
const [database, owner, stranger] = [`hl_${mark}`, `hl_owner_${mark}`, `hl_stranger_${mark}`];

const psql = (user: string, base: string, ...args: readonly string[]): string =>
  execFileSync(
    'psql',
    [
      '--no-psqlrc',
      '--quiet',
      '--tuples-only',
      '--no-align',
      '--host=127.0.0.1',
      `--username=${user}`,
      `--dbname=${base}`,
      ...args,
    ],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  ).trim();
const refused = (user: string, base: string, sql: string): string => {
  try {
    return psql(user, base, '--command', sql);
  } catch (error) {
    return (error as { stderr: string }).stderr;
  }
};
const setUp = (): string =>
  psql(
    'root',
    'postgres',
    '--file',
    deployFile('postgres-roles.sql'),
    '--set',
    `database=${database}`,
    '--set',
    `owner=${owner}`,
    '--set',
    'owner_password=it\'s a "secret" \\ one',
  );

afterAll(() => {
  for (const sql of [
    `drop database if exists ${database} with (force)`,
    `drop role if exists ${owner}`,
    `drop role if exists ${stranger}`,
  ])
    psql('root', 'postgres', '--command', sql);
});

describe('deploy/postgres-roles.sql', () => {
  it('sets up a database that the service can use, and running it twice is running it once', async () => {
    expect(setUp()).toBe('');
    expect(setUp()).toBe('');
    const store = await openStore({ url: `postgresql://${owner}@127.0.0.1:5432/${database}` });
    await store.close();
    expect(
      psql(owner, database, '--command', 'select count(*) > 10 from pg_tables where tableowner = current_user'),
    ).toBe('t');
    expect(setUp()).toBe('');
  });

  it('gives the service nothing outside its database, and nobody else anything inside', () => {
    const rights = `select rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolcanlogin from pg_roles where rolname = '${owner}'`;
    expect(psql('root', 'postgres', '--command', rights)).toBe('f|f|f|f|f|t');
    expect(refused(owner, database, `create database x_${mark}`)).toContain('permission denied');
    expect(refused(owner, database, `create role x_${mark}`)).toContain('permission denied');
    expect(refused(owner, database, "copy (select 1) to program 'id'")).toContain('must be superuser');
    expect(refused(owner, database, "select pg_read_file('/etc/passwd')")).toContain('permission denied');
    psql('root', 'postgres', '--command', `create role ${stranger} login`);
    expect(refused(stranger, database, 'select 1')).toContain('permission denied for database');
    expect(psql('root', database, '--command', `select has_schema_privilege('${stranger}', 'public', 'usage')`)).toBe(
      'f',
    );
  });

  it('keeps the password as a SCRAM verifier', () => {
    expect(
      psql('root', 'postgres', '--command', `select left(rolpassword, 14) from pg_authid where rolname = '${owner}'`),
    ).toBe('SCRAM-SHA-256$');
  });
});
