import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { appendAudits, loadAudit } from '../../src/store/audit.js';
import { linePage, walkAudit } from '../../src/store/audit-walk.js';
import type { Db } from '../../src/store/tables.js';
import { recordHash } from '../helpers/audit-oracle.js';
import { random } from '../helpers/random.js';
import { describeOnDatabases } from './helpers/databases.js';

const next = random(20_261_126);
const upTo = (most: number): number => Math.floor(next() * most);
const anyText = (): string =>
  Array.from({ length: upTo(12) }, () =>
    upTo(3) === 0
      ? String.fromCodePoint([0x2028, 0x7f, 0x1f, 0x22, 0x5c, 0x0a, 0x1f600, 0xfffd, 0xfeff][upTo(9)] ?? 32)
      : String.fromCharCode(1 + upTo(0xd7ff)),
  ).join('');

await describeOnDatabases('the walk over the audit log of a database', (server) => {
  let db: Db;
  const records = 5003;
  beforeAll(async () => {
    db = await server.database();
    await appendAudits(
      db,
      Array.from({ length: records }, (_, n) => ({
        at: 1_790_000_000_000 + n,
        who: anyText(),
        action: anyText(),
        subject: anyText(),
        details: { [anyText()]: anyText() },
      })),
    );
  });

  /** What is found bad after somebody with all rights did something, which is then taken back. */
  const after = (...deeds: readonly ReturnType<typeof sql>[]): Promise<unknown> =>
    db
      .transaction()
      .execute(async (trx) => {
        await sql`alter table audit disable trigger user`.execute(trx);
        await sql`alter table audit drop constraint audit_pkey, drop constraint audit_hash_key`.execute(trx);
        for (const deed of deeds) await deed.execute(trx);
        throw Object.assign(new Error('taken back'), { bad: (await walkAudit(trx)).bad ?? 'nothing' });
      })
      .catch((error: { bad?: unknown }) => {
        if (error.bad === undefined) throw error;
        return error.bad;
      });

  it('PostgreSQL writes of any text what is hashed, so that no record has to be read', async () => {
    const page = await linePage(db, undefined);
    const kept = await loadAudit(db, { limit: page.rows });
    const lines = kept.map(({ hash, ...record }) => {
      const { seq, at, who, action, subject, details, previous } = record;
      expect(recordHash(record)).toBe(hash);
      return `${JSON.stringify([seq, at, who, action, subject, details, previous])}${hash}`;
    });
    expect(page).toEqual({ rows: 5000, lines: lines.join('\n') });
    const walked = await walkAudit(db);
    expect([walked.records, walked.bad, walked.head]).toEqual([
      records,
      undefined,
      (await loadAudit(db, { after: records - 1 }))[0]?.hash,
    ]);
  });

  for (const seq of [1, 2, 4999, 5000, 5001, 5002])
    it(`a second record with the number ${seq} is found, also where a page ends`, async () => {
      const copy = sql`insert into audit select * from audit where seq = ${seq}`;
      expect(await after(copy)).toMatchObject({ index: seq, why: 'inserted' });
      const other = sql`insert into audit select seq, at, 'cli:eve', action, subject, details, previous, hash from audit where seq = ${seq}`;
      expect(await after(other)).toMatchObject({ why: expect.stringMatching(/inserted|changed/) });
    });

  for (const column of ['hash', 'previous'])
    it(`a record that is gone and hides in the column ${column} of the one before it is missed`, async () => {
      const line = (of: string) =>
        sql.raw(
          `(select '[' || seq || ',' || at || ',' || to_json(who) || ',' || to_json(action) || ',' || to_json(subject) || ',' || to_json(details) || ',"' || previous || '"]' || hash from audit where seq = ${of})`,
        );
      const hide =
        column === 'hash'
          ? sql`update audit set hash = hash || E'\\n' || ${line('4001')} where seq = 4000`
          : sql`update audit set previous = left(previous || '"]' || hash || E'\\n' || ${line('4001')}, -66),
              hash = (select hash from audit where seq = 4001) where seq = 4000`;
      expect(await after(hide, sql`delete from audit where seq = 4001`)).toMatchObject({ index: 3999, why: 'changed' });
    });

  it('records before the first, and such without a value, are found', async () => {
    const before = sql`insert into audit select 0, at, who, action, subject, details, previous, hash from audit where seq = 1`;
    expect(await after(before)).toMatchObject({ index: 0 });
    const nothing = [
      sql`alter table audit alter column who drop not null`,
      sql`update audit set who = null where seq = 3000`,
    ];
    expect(await after(...nothing)).toMatchObject({ index: 2999, why: 'changed' });
    expect(await after(sql`update audit set at = 9223372036854775807 where seq = 5001`)).toMatchObject({ index: 5000 });
  });
});
