import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyAudit } from '../../src/store/audit.js';
import { saveChunk } from '../../src/store/chunks.js';
import { loadInput } from '../../src/store/intake.js';
import { checkSchema, migrate, migrateTo, schemaSteps } from '../../src/store/migrate.js';
import type { Db } from '../../src/store/tables.js';
import { exportDatabase } from '../../src/store/transfer/export.js';
import { importDatabase } from '../../src/store/transfer/import.js';
import { carriedTables } from '../../src/store/transfer/tables.js';
import { describeOnDatabases, removeFolder, temporaryFolder } from './helpers/databases.js';
import { chunk, dump, usage } from './helpers/results.js';
import { dumpWhole, fillWhole, monthsAgo, rawInput } from './helpers/whole.js';

const folder = temporaryFolder();
afterAll(() => removeFolder(folder));
const options = { version: '1.2.3', now: Date.UTC(2026, 9, 5), input: true };

let copies = 0;
/** What was exported from each kind of server, by its version. */
const exported = new Map<string, { path: string; rows: Record<string, string[]> }>();
const versionOf = async (db: Db): Promise<string> =>
  (await sql<{ version: string }>`select current_setting('server_version_num') as version`.execute(db)).rows[0]
    ?.version ?? '';

await describeOnDatabases('an export', (server) => {
  let db: Db;
  let path: string;
  beforeAll(async () => {
    db = await server.database();
    await fillWhole(db);
    const version = await versionOf(db);
    path = join(folder, version);
    exported.set(version, { path, rows: await dumpWhole(db) });
    await exportDatabase(db, path, options);
  });

  test('carries every table that the migrations make, but the processes of the moment', async () => {
    const { rows } = await sql<{ name: string }>`
      select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
        and not relispartition and relname not like 'kysely%'`.execute(db);
    expect(rows.map(({ name }) => name).sort()).toEqual([...carriedTables, 'instance'].sort());
    const all = exported.get(await versionOf(db))?.rows ?? {};
    // Every table was filled, so that every one is really compared.
    for (const name of carriedTables) expect(all[name]?.length, name).toBeGreaterThan(0);
  });

  test('is a folder that only its owner can read, a file for each table and a manifest', () => {
    expect(statSync(path).mode & 0o777).toBe(0o700);
    const files = readdirSync(path);
    expect(files.sort()).toEqual([...carriedTables.map((name) => `${name}.ndjson.gz`), 'manifest.json'].sort());
    for (const file of files) expect(statSync(join(path, file)).mode & 0o777, file).toBe(0o600);
    const lines = gunzipSync(readFileSync(join(path, 'audit.ndjson.gz')))
      .toString()
      .trim()
      .split('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ seq: '1', previous: '0'.repeat(64) });
  });

  test('never replaces a folder', async () => {
    await expect(exportDatabase(db, path, options)).rejects.toThrow(/is there already: name a folder that is not/);
  });

  test('is the database of one moment while others write and drop months', async () => {
    const busy = await server.database();
    for (let i = 0; i < 40; i++)
      await saveChunk(busy, chunk(`before ${i}`, { usage: [usage({ day: `${monthsAgo(3)}-01` })] }));
    const before = await dumpWhole(busy);
    const to = join(folder, `busy-${await versionOf(busy)}`);
    const writers: Promise<unknown>[] = [];
    await exportDatabase(busy, to, {
      ...options,
      // Between two tables: each sees what the first one saw. A lock that the export kept would hold up the new month.
      progress: (table) => {
        writers.push(
          saveChunk(
            busy,
            chunk(`during ${table}`, { usage: [usage({ day: `${monthsAgo(4 + (writers.length % 7))}-01` })] }),
          ),
        );
      },
    });
    await Promise.all(writers);
    const copy = await server.emptyDatabase();
    await importDatabase(copy, to);
    const after = await dumpWhole(copy);
    for (const name of ['chunk', 'usage', 'evidence', 'candidate']) expect(after[name], name).toEqual(before[name]);
  });

  test('that a month is taken from while it is made says so, and leaves nothing', async () => {
    const busy = await server.database();
    await saveChunk(busy, chunk('a', { usage: [usage({ day: `${monthsAgo(3)}-01` })] }));
    const month = `usage_${monthsAgo(3).replace('-', '_')}`;
    const to = join(folder, `dropped-${await versionOf(busy)}`);
    let dropped: Promise<unknown> | undefined;
    const during = exportDatabase(busy, to, {
      ...options,
      progress: () => {
        dropped ??= sql`drop table ${sql.table(month)}`.execute(busy);
      },
    });
    await expect(during).rejects.toThrow(`${month} was removed during the export: export again`);
    await dropped;
    expect(readdirSync(folder).filter((name) => name.includes('dropped'))).toEqual([]);
  });

  test('without input leaves out what was read, and keeps what still waits', async () => {
    const to = join(folder, `no-input-${await versionOf(db)}`);
    await exportDatabase(db, to, { ...options, input: false });
    const copy = await server.emptyDatabase();
    await importDatabase(copy, to);
    const { rows } = await sql<{ key: string; parts: number }>`
      select key, count(*) as parts from chunk_input i join chunk k on k.id = i.chunk_id group by key`.execute(copy);
    expect(rows).toEqual([{ key: 'firewall/push 1', parts: 3 }]);
  });

  test('removes what a killed export of the same name left an hour ago, and no younger draft', async () => {
    const name = `again-${await versionOf(db)}`;
    for (const [draft, ageSeconds] of [
      ['old', 4000],
      ['young', 60],
    ] as const) {
      const made = join(folder, `.${name}.draft-${draft}`);
      mkdirSync(made);
      writeFileSync(join(made, 'chunk.ndjson.gz'), 'half');
      const at = Date.now() / 1000 - ageSeconds;
      for (const path of [join(made, 'chunk.ndjson.gz'), made]) utimesSync(path, at, at);
    }
    await exportDatabase(db, join(folder, name), options);
    expect(readdirSync(folder).filter((found) => found.startsWith(`.${name}`))).toEqual([`.${name}.draft-young`]);
  });
});

await describeOnDatabases('an import', (server) => {
  let source: { path: string; rows: Record<string, string[]> };
  /** Stays as it is: everything is refused. */
  let empty: Db;
  /** The whole import, which several tests look at. */
  let full: Db;
  beforeAll(async () => {
    empty = await server.emptyDatabase();
    const version = await versionOf(empty);
    const [, other] = [...exported].find(([from]) => from !== version) ?? [...exported][0] ?? [];
    source = other ?? { path: '', rows: {} };
  });

  /** A copy of the export to damage. */
  const damaged = (name: string, change: (path: string) => void): string => {
    const path = join(folder, `damaged-${process.pid}-${name}-${++copies}`);
    cpSync(source.path, path, { recursive: true });
    change(path);
    return path;
  };
  const untouched = async (from: string, message: RegExp): Promise<void> => {
    await expect(importDatabase(empty, from)).rejects.toThrow(message);
    expect((await schemaSteps(empty)).applied).toEqual([]);
  };

  test('from another version of PostgreSQL gives the same rows in all tables', async () => {
    const db = await server.emptyDatabase();
    full = db;
    const { rows, audit } = await importDatabase(db, source.path);
    const copy = await dumpWhole(db);
    expect(Object.keys(copy)).toEqual(Object.keys(source.rows));
    for (const [name, found] of Object.entries(copy)) expect(found, name).toEqual(source.rows[name]);
    const months = Object.keys(copy).filter((name) => /^usage_\d/.test(name));
    expect(months.length).toBeGreaterThan(9);
    const carried = Object.entries(copy).filter(([name]) => !/^usage_(\d|default)/.test(name));
    expect(rows).toBe(carried.reduce((sum, [, found]) => sum + found.length, 0));
    await checkSchema(db);
    // Audit records of tokens and holds, and twenty more.
    expect(audit).toMatchObject({ badSeq: undefined, records: copy.audit?.length });
    expect(await verifyAudit(db)).toEqual(audit);
    const { rows: waiting } = await sql<{ id: number }>`select id from chunk where key = 'firewall/push 1'`.execute(db);
    let part = 0;
    for await (const bytes of loadInput(db, waiting[0]?.id ?? 0)) expect(bytes.equals(rawInput(part++))).toBe(true);
    expect(part).toBe(3);
  });

  test('goes on with the numbers that were given out, also those of deleted rows', async () => {
    const before = await sql<{ id: number }>`select max(id) as id from reconcile_due`.execute(full);
    const { rows } = await sql<{ id: number }>`
      insert into reconcile_due (service, at) values ('d', 1) returning id`.execute(full);
    expect(rows[0]?.id).toBe((before.rows[0]?.id ?? 0) + 2);
    expect(await saveChunk(full, chunk('after the import'))).toBe('saved');
  });

  test('takes only an empty database', async () => {
    const before = await dump(full);
    await expect(importDatabase(full, source.path)).rejects.toThrow(
      /not empty \(\w+ has rows\).*name a new data folder/,
    );
    expect(await dump(full)).toEqual(before);
  });

  test.each(['chunk_input.ndjson.gz', 'audit.ndjson.gz', 'manifest.json'])(
    'refuses a cut, changed or missing %s before anything is written',
    async (file) => {
      const cut = damaged('cut', (path) =>
        writeFileSync(join(path, file), readFileSync(join(path, file)).subarray(0, -5)),
      );
      await untouched(cut, /(was cut or changed|is damaged or was changed): copy the export again/);
      const flipped = damaged('flipped', (path) => {
        const bytes = readFileSync(join(path, file));
        const at = bytes.length >> 1;
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        writeFileSync(join(path, file), bytes);
      });
      await untouched(flipped, /is damaged or was changed: copy the export again/);
      const missing = damaged('missing', (path) => removeFolder(join(path, file)));
      await untouched(missing, /cannot be read \(ENOENT/);
    },
  );

  test('refuses an export of a newer Halflight in words', async () => {
    const { createHash } = await import('node:crypto');
    const sign = (change: (manifest: Record<string, unknown>) => void) =>
      damaged('newer', (path) => {
        const { sha256: _, ...manifest } = JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8')) as Record<
          string,
          unknown
        >;
        change(manifest);
        const sha256 = createHash('sha256').update(JSON.stringify(manifest)).digest('hex');
        writeFileSync(join(path, 'manifest.json'), JSON.stringify({ ...manifest, sha256 }));
      });
    const step = sign((manifest) => (manifest.steps as string[]).push('2999-01-01-0001-later'));
    await untouched(step, /newer Halflight \(1\.2\.3, step 2999-01-01-0001-later\).*with that version/);
    await untouched(
      sign((manifest) => Object.assign(manifest, { format: 2 })),
      /newer Halflight \(format 2\)/,
    );
    const outside = sign((manifest) => {
      const [first] = manifest.tables as { file: string }[];
      if (first !== undefined) first.file = '../audit.ndjson.gz';
    });
    await untouched(outside, /is no manifest of "halflight data export"/);
  });

  test('of an earlier schema gets the later steps, and is what a migrated database is', async () => {
    const old = await server.emptyDatabase();
    const [first = ''] = (await schemaSteps(old)).known;
    await migrateTo(old, first);
    await sql`insert into chunk (key, source, sha256, state, scanned_at) values ('k', 's', 'h', 'done', 5)`.execute(
      old,
    );
    await sql`
      insert into usage (chunk_id, position, day, service, actor_kind, actor, actor_group, source, account_kind, strength,
        confidence, events, attempts, bytes_out, bytes_in, spend)
      values (1, 0, null, 'chatgpt', 'user', 'ada', '', 's', 'unknown', 'visit', 'high', 1, 0, 2, 3, '{"EUR": 5}')`.execute(
      old,
    );
    const to = join(folder, `old-${await versionOf(old)}`);
    await exportDatabase(old, to, options);
    const copy = await server.emptyDatabase();
    await importDatabase(copy, to);
    await checkSchema(copy);
    await migrate(old);
    expect(await dumpWhole(copy)).toEqual(await dumpWhole(old));
    // Into tables that are newer already it does not fit, and says so.
    await expect(importDatabase(await server.database(), to)).rejects.toThrow(/has later tables already/);
  });

  test('that fails in the middle leaves the database empty, and another one works', async () => {
    // The empty one is needed no longer.
    const db = empty;
    await migrate(db);
    await sql`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'full'; end $$`.execute(
      db,
    );
    await sql`create trigger refuse before insert on outbox for each row execute function refuse()`.execute(db);
    await expect(importDatabase(db, source.path)).rejects.toThrow('full');
    expect((await dumpWhole(db)).chunk).toEqual([]);
    await sql`drop trigger refuse on outbox`.execute(db);
    expect((await importDatabase(db, source.path)).rows).toBeGreaterThan(1000);
  });
});

test('the exports were made', () => {
  for (const { path } of exported.values()) expect(existsSync(path)).toBe(true);
});
