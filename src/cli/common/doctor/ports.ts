import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import type { Check } from '../../../core/check.js';
import { bounded, failed, ok, warning } from './bounded.js';

export interface Port {
  /** What listens there: `server`, `source edge`. */
  name: string;
  /** Key of the configuration that names it. */
  key: string;
  protocol: 'tcp' | 'udp';
  host: string;
  port: number;
}

/** `ours`: a service lives on this machine, and should have the port. */
export function checkPort(port: Port, ours: boolean): Promise<Check[]> {
  const name = `${port.name} port`;
  const where = `${port.protocol} ${port.port} on ${port.host}`;
  const change = `set ${port.key} to a free one`;
  return bounded(name, `Correct ${port.key}.`, async () => {
    if (port.port === 0) return [ok(name, `${port.protocol}, a free one is taken at each start`)];
    const code = await tryPort(port);
    if (code === undefined) {
      if (!ours) return [ok(name, `${where} is free`)];
      return [
        warning(
          name,
          `${where} is free, and a service runs on this machine`,
          'See its log for why it does not listen.',
        ),
      ];
    }
    if (code === 'EADDRINUSE') {
      if (ours) return [ok(name, `${where} is in use, and a service runs on this machine`)];
      return [failed(name, `${where} is in use by another program`, `End that program, or ${change}.`)];
    }
    if (code === 'EACCES')
      return [failed(name, `${where} may not be opened by this user`, `Use one above 1023: ${change}.`)];
    if (code === 'EADDRNOTAVAIL')
      return [failed(name, `${port.host} is no address of this machine`, `Correct ${port.key}.`)];
    return [failed(name, `${where}: ${code}`, `Correct ${port.key}.`)];
  });
}

/** Takes the port for a moment. Undefined: it could be had. */
function tryPort({ protocol, host, port }: Port): Promise<string | undefined> {
  return new Promise((resolve) => {
    const refused = (error: NodeJS.ErrnoException): void => resolve(error.code ?? error.message);
    if (protocol === 'tcp') {
      const server = createServer((socket) => socket.destroy());
      server.once('error', refused);
      server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
    } else {
      const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4' });
      socket.once('error', refused);
      socket.bind({ address: host, port, exclusive: true }, () => socket.close(() => resolve(undefined)));
    }
  });
}
