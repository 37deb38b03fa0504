import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { saveChunk } from '../../src/store/chunks.js';
import { saveRegister } from '../../src/store/registers.js';
import type { Db } from '../../src/store/tables.js';
import { entry } from '../exports/helpers/register.js';
import { halflight, type Ran, temporaryFolder } from '../helpers/cli.js';
import { serverDatabases } from '../store/helpers/databases.js';
import { chunk, usage } from '../store/helpers/results.js';

const newDatabase = serverDatabases();
const folder = temporaryFolder();

const person = (id: string, group = 'Sales') => ({
  id,
  email: `${id}@acme.example`,
  name: `Surname-of-${id}`,
  group,
  manager: '',
  aliases: [],
  line: 1,
});
let db: Db;
let url: string;
const run = (...args: string[]): Promise<Ran> =>
  halflight(['nudge', 'dry-run', ...args], {
    cwd: folder,
    env: { DATABASE_URL: url, HALFLIGHT_DATA: join(folder, 'data') },
  });

describe('halflight nudge dry-run', () => {
  beforeAll(async () => {
    ({ db, url } = await newDatabase('up to date'));
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
