import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveChunk } from '../../src/store/chunks.js';
import { openDb } from '../../src/store/db.js';
import { migrate } from '../../src/store/migrate.js';
import { saveRegister } from '../../src/store/registers.js';
import type { Db } from '../../src/store/tables.js';
import { entry } from '../exports/helpers/register.js';
import { halflight, type Ran, temporaryFolder } from '../helpers/cli.js';
import { chunk, usage } from '../store/helpers/results.js';

const serverUrl = process.env.TEST_DATABASE_URL ?? 'postgresql://root@127.0.0.1:5432/postgres';
const name = `halflight_nudge_${process.pid}`;
const url = new URL(serverUrl);
url.pathname = `/${name}`;
const folder = temporaryFolder();

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

const person = (id: string, group = 'Sales') => ({
  id,
  email: `${id}@acme.example`,
  name: `Surname-of-${id}`,
  group,
  manager: '',
  aliases: [],
  line: 1,
});
const run = (...args: string[]): Promise<Ran> =>
  halflight(['nudge', 'dry-run', ...args], {
    cwd: folder,
    env: { DATABASE_URL: url.href, HALFLIGHT_DATA: join(folder, 'data') },
  });

describe('halflight nudge dry-run', () => {
  let db: Db;
  beforeAll(async () => {
    await administer(`create database ${name} encoding 'UTF8' template template0`);
    db = openDb({ connectionString: url.href });
    await migrate(db);
    const now = Date.now();
    const day = new Date(now - 86_400_000).toISOString().slice(0, 10);
    const people = [person('ada'), person('bob'), person('cleo', 'Works Council')];
    await saveRegister(db, 'people', { hash: 'p', body: people }, now);
    const register = [entry('no', ['chatgpt']), entry('yes', ['claude'], { status: 'approved' })];
    await saveRegister(db, 'inventory', { hash: 'i', body: register }, now);
    const used = people.map(({ id, group }) =>
      usage({ service: 'chatgpt', day, actor: { kind: 'person', id, group }, first: now, last: now }),
    );
    await saveChunk(db, chunk('c', { usage: used }));
    writeFileSync(
      join(folder, 'halflight.yaml'),
      JSON.stringify({ nudges: { excluded_groups: ['Works Council'], excluded_people: ['bob@acme.example'] } }),
    );
  });
  afterAll(async () => {
    await db.destroy();
    await administer(`drop database ${name} with (force)`);
  });

  it('counts whom it would write to and whom not, names nobody, and changes nothing, also while nudges are off', async () => {
    const { code, stdout, stderr } = await run();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^1 person would be written to/);
    expect(stdout).toContain('  1 not: excluded by nudges.excluded_people');
    expect(stdout).toContain('  1 not: in a group of nudges.excluded_groups');
    expect(stdout).toContain('Nobody is: nudges.enabled is false');
    expect(stdout.replace(/\s+/g, ' ')).toContain('Approved for you instead: Claude.');
    expect(stdout).not.toMatch(/ada|bob|cleo|Surname|acme\.example/);
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);

    const json = JSON.parse((await run('--json')).stdout) as Record<string, unknown> & { nudges: { person: string }[] };
    expect(json).toMatchObject({
      enabled: false,
      would_write: 1,
      without: { excluded: 1, 'excluded-group': 1 },
      nudges: [{ service: 'chatgpt', verdict: 'denied', alternatives: ['Claude'] }],
    });
    expect(stdout).toContain(json.nudges[0]?.person ?? 'nobody');
    for (const table of ['nudge', 'outbox'] as const)
      expect(await db.selectFrom(table).selectAll().execute(), table).toEqual([]);
  });
});
