import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type pg from 'pg';

/** What becomes of a statement on its way: it passes, never arrives, or arrives and its answer is lost. The connection ends with the latter two. */
export type Fate = 'pass' | 'lost' | 'unanswered';

/** A proxy before a PostgreSQL server that decides over each statement. */
export interface CuttingProxy {
  connection: pg.PoolConfig;
  cuts(): number;
  close(): Promise<void>;
}

export async function cuttingProxy(to: pg.PoolConfig, fateOf: (statement: string) => Fate): Promise<CuttingProxy> {
  const target = addressOf(to);
  const open = new Set<Socket>();
  let cuts = 0;
  const server = createServer((client) => {
    const upstream = 'path' in target ? connect(target.path) : connect(target.port, target.host);
    let silent = false;
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        open.delete(socket);
        end();
      });
    }
    client.on('data', (bytes) => {
      // Simple queries (`Q`) and those with parameters (`P`) begin their messages; a write of pg is one message or some whole ones.
      const kind = String.fromCharCode(bytes[0] ?? 0);
      const fate = kind === 'Q' || kind === 'P' ? fateOf(bytes.toString('latin1', 5)) : 'pass';
      if (fate !== 'pass') cuts++;
      if (fate === 'lost') return end();
      if (fate === 'unanswered') silent = true;
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (silent) end();
      else client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    connection: { ...inParts(to), host: '127.0.0.1', port },
    cuts: () => cuts,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function inParts(to: pg.PoolConfig): pg.PoolConfig {
  if (to.connectionString === undefined) return to;
  const url = new URL(to.connectionString);
  return {
    user: decodeURIComponent(url.username),
    database: url.pathname.slice(1),
    host: url.hostname,
    port: Number(url.port || 5432),
  };
}

function addressOf(to: pg.PoolConfig): { path: string } | { host: string; port: number } {
  const { host = '127.0.0.1', port = 5432 } = inParts(to);
  return host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
}
