// Makes the tables and is killed before its n-th statement: `migrating-child.ts CONNECTION N`.
import pg from 'pg';
import { openDb } from '../../../src/store/db.js';
import { migrate } from '../../../src/store/migrate.js';

const [connection = '{}', statements = '0'] = process.argv.slice(2);
let left = Number(statements);
const db = openDb({
  ...(JSON.parse(connection) as pg.PoolConfig),
  Client: class extends pg.Client {
    // biome-ignore lint/suspicious/noExplicitAny: passes on whatever it is given
    override query(...given: any[]): any {
      if (left-- === 0) process.kill(process.pid, 'SIGKILL');
      // biome-ignore lint/suspicious/noExplicitAny: as above
      return (super.query as any)(...given);
    }
  },
});
await migrate(db);
