import { connect, type Socket } from 'node:net';

/** What came back on a connection of our own, until it was closed or `until` fits. */
export function talk(
  port: number,
  request: string | Buffer,
  { until, after }: { until?: RegExp; after?: (socket: Socket, seen: string) => void } = {},
): Promise<{ text: string; closed: boolean }> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    const done = (closed: boolean) => {
      socket.destroy();
      resolve({ text, closed });
    };
    socket.on('connect', () => socket.write(request));
    socket.on('data', (data) => {
      text += data.toString('latin1');
      after?.(socket, text);
      if (until?.test(text) === true) done(false);
    });
    socket.on('end', () => done(true));
    socket.on('close', () => done(true));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // The answer may be here although the rest of the request was not wanted.
      if (text === '') reject(error);
      else done(true);
    });
  });
}

/** Statuses of the answers in a text, interim ones too. */
export const statuses = (text: string): number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((found) => Number(found[1]));
