import { DuckDBInstance } from '@duckdb/node-api';
import pg from 'pg';
import { testServer } from '../../store/helpers/databases.js';

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

const server = testServer('server');

/** A database of its own on the server of this machine. */
export async function postgres(): Promise<Engine> {
  const client = new pg.Client(await server.connection());
  await client.connect();
  return {
    close: () => client.end(),
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

const asTexts = (row: Record<string, unknown>): Row =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, value === null || value === undefined ? null : String(value)]),
  );
