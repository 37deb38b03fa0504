import { DuckDBInstance } from '@duckdb/node-api';
import pg from 'pg';

/** A row as an engine gives it, all values as text. */
export type Row = Record<string, string | null>;

/** A real engine with an empty database: `run` statements, `rows` of a query. */
export interface Engine {
  run(statements: string): Promise<void>;
  rows(query: string): Promise<Row[]>;
  /** Leaves nothing behind. */
  close(): Promise<void>;
}

export async function duckdb(): Promise<Engine> {
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '2' })).connect();
  return {
    close: async () => connection.closeSync(),
    run: async (statements) => {
      await connection.run(statements);
    },
    rows: async (query) => {
      const result = await connection.runAndReadAll(query);
      return result.getRowObjects().map(asTexts);
    },
  };
}

const serverUrl = process.env.TEST_DATABASE_URL ?? 'postgresql://root@127.0.0.1:5432/postgres';

/** A database of its own on the server of this machine. */
export async function postgres(): Promise<Engine> {
  const name = `halflight_exports_${process.pid}`;
  await once(`create database ${name} encoding 'UTF8' template template0`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  return {
    close: async () => {
      await client.end();
      await once(`drop database ${name} with (force)`);
    },
    run: async (statements) => {
      await client.query(statements);
    },
    rows: async (query) => {
      const answer: unknown = await client.query(query);
      const last = (Array.isArray(answer) ? answer.at(-1) : answer) as pg.QueryResult<Record<string, unknown>>;
      return last.rows.map(asTexts);
    },
  };
}

async function once(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

const asTexts = (row: Record<string, unknown>): Row =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, value === null || value === undefined ? null : String(value)]),
  );
