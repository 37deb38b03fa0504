import { z } from 'zod';
import { duration, integer, listenAddress, oneOf, path } from '../../config/fields.js';

export const syslogOptions = z
  .strictObject({
    protocol: oneOf(['udp', 'tcp', 'tls']).prefault('tcp').describe('How senders connect: udp, tcp or tls.'),
    host: listenAddress().prefault('0.0.0.0').describe('Address that it listens on.'),
    port: integer(0, 65_535).prefault(5514).describe('Port that it listens on; 0 takes a free one.'),
    tls: z
      .strictObject({
        cert: path('file').describe('Certificate with its chain, PEM.'),
        key: path('file').describe('Private key, PEM.'),
        client_ca: path('file')
          .optional()
          .describe('Authority whose certificates senders must show, PEM. Without it anybody may connect.'),
      })
      .optional()
      .describe('Only for tls, and needed there.'),
    max_connections: integer(1, 65_535).prefault(1024).describe('Connections at the same time.'),
    per_address: integer(1, 65_535)
      .prefault(64)
      .describe('Connections from one address (IPv6: one /64) at the same time.'),
    idle_timeout: duration('1s', '7d').prefault('1h').describe('A connection that is silent for so long is closed.'),
    frame_timeout: duration('1s', '1h')
      .prefault('30s')
      .describe('A connection that does not complete a message for so long is closed.'),
  })
  .refine((options) => (options.protocol === 'tls') === (options.tls !== undefined), {
    error: 'accepted is tls with cert and key where protocol is tls, and nowhere else',
    path: ['tls'],
  });

/** Durations in milliseconds. */
export type SyslogOptions = z.output<typeof syslogOptions>;
