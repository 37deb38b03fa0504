import { expect, test } from 'vitest';
import { openStore } from '../../src/store/db.js';
import { describeUrl } from '../../src/store/errors.js';

test('a database that cannot be reached is named without its password, with what to do', async () => {
  const error = await openStore({ url: 'postgresql://ada:s3cret@127.0.0.1:1/halflight' }).catch((e: unknown) => e);
  expect(String(error)).toMatch(
    /The database halflight on 127\.0\.0\.1:1 cannot be used: nothing answers there: start the server/,
  );
  expect(String(error)).not.toContain('s3cret');
});

test('a wrong DATABASE_URL is shown how to be written, and not repeated', async () => {
  for (const url of ['localhost', 's3cret', 'mysql://ada:s3cret@db/x', '']) {
    const error = await openStore({ url }).catch((e: unknown) => e);
    expect(String(error)).toBe(
      'StoreError: DATABASE_URL is no database URL: write it as postgresql://user:password@host:5432/database.',
    );
  }
});

test('databases are named for people', () => {
  expect(describeUrl('postgres://u:p@db.example:5433/half%20light?sslmode=require')).toBe(
    'The database half light on db.example:5433',
  );
  expect(describeUrl('postgresql:///x?host=/run/postgresql')).toBe('The database x on /run/postgresql');
});
