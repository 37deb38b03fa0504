import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';

export interface LocalServer {
  port: number;
  /** Connections seen so far: a decoy counts them. */
  contacts(): number;
  close(): Promise<void>;
}

async function listen(server: Server, host: string, port: number): Promise<LocalServer> {
  const sockets = new Set<Socket>();
  let contacts = 0;
  server.on('connection', (socket: Socket) => {
    contacts++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => resolve());
  });
  return {
    port: (server.address() as AddressInfo).port,
    contacts: () => contacts,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** A real HTTP server on this machine. */
export const httpServer = (handler: RequestListener, host = '127.0.0.1', port = 0): Promise<LocalServer> =>
  listen(createServer(handler), host, port);

export const httpsServer = (
  tls: { key: string; cert: string },
  handler: RequestListener,
  host = '127.0.0.1',
): Promise<LocalServer> => listen(createTlsServer(tls, handler), host, 0);

/** A server that does with each connection what it is told: for answers that no HTTP library would give. */
export const tcpServer = (handler: (socket: Socket) => void, host = '127.0.0.1', port = 0): Promise<LocalServer> =>
  listen(createTcpServer(handler), host, port);
