import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { openStore } from '../../src/store/db.js';
import { removeFolder, temporaryFolder } from './helpers/databases.js';
import { killChildren, serverOf, startChild } from './helpers/processes.js';
import { bigChunkRows } from './helpers/results.js';

const parent = temporaryFolder();
const folder = join(parent, 'data');
afterAll(() => {
  killChildren();
  removeFolder(parent);
});

// Odd rounds kill the server too, as a power failure or the out-of-memory killer would.
for (const round of [1, 2, 3, 4]) {
  const both = round % 2 === 1;
  test(`round ${round}: a writer killed in mid-work${both ? ', with its server,' : ''} loses no acknowledged chunk and leaves no part of one`, async () => {
    const child = startChild('write', folder, `round-${round}`);
    expect(await child.line()).toBe('open');
    const acknowledged: string[] = [];
    for (let i = 0; i < 5 * round; i += 1) acknowledged.push((await child.line()) ?? 'ended early');
    if (both) process.kill(serverOf(folder), 'SIGKILL');
    await child.kill('SIGKILL');
    for (let line = await child.line(); line !== undefined; line = await child.line()) {
      if (line.startsWith('round-')) acknowledged.push(line);
    }

    const { db, close } = await openStore({ dataDir: folder });
    try {
      const rowsOf = (table: string) =>
        sql<number>`(select count(*) from ${sql.table(table)} t where t.chunk_id = c.id)`;
      const { rows } = await sql<{ name: string; rows: number[] }>`
        select c.name, array[${rowsOf('chunk_usage')}, ${rowsOf('evidence')}, ${rowsOf('candidate')}]::int[] as rows
        from chunk c`.execute(db);
      const kept = rows.map((row) => row.name);
      expect(acknowledged.filter((name) => !kept.includes(name))).toEqual([]);
      const whole = [bigChunkRows, bigChunkRows, bigChunkRows];
      expect(rows.filter((row) => row.rows.join() !== whole.join())).toEqual([]);
      // The last one may have been committed without the writer having lived to say so.
      const ofRound = kept.filter((name) => name.startsWith(`round-${round}-`));
      expect([0, 1]).toContain(ofRound.length - acknowledged.length);
    } finally {
      await close();
    }
  });
}
