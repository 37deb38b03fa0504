/** A limit of the HTTP server: its value, its unit and why it is what it is. docs/api.md shows this table. */
export interface Limit {
  value: number;
  unit: 'bytes' | 'ms' | 'connections' | 'requests';
  why: string;
}

const limit = (value: number, unit: Limit['unit'], why: string): Limit => ({ value, unit, why });

/** Limits of the server as a whole; those of one route stand with the route. */
export const serverLimits = {
  url: limit(4096, 'bytes', 'Longest address of a request. Longer gets 414.'),
  headers: limit(16_384, 'bytes', 'All headers of a request together. More gets 431.'),
  headersTimeout: limit(
    10_000,
    'ms',
    'Time for the headers of a request. Later gets 408 and the connection is closed.',
  ),
  requestTimeout: limit(
    14_400_000,
    'ms',
    'Time for a whole request: a large file over a slow line. Who sends nothing for a while is ended long before.',
  ),
  idleTimeout: limit(
    75_000,
    'ms',
    'Silence in the middle of a request. Then the connection is closed. Receivers of bodies answer 408 before.',
  ),
  keepAliveTimeout: limit(
    65_000,
    'ms',
    'How long a connection is kept between requests; most load balancers keep 60 s.',
  ),
  connections: limit(
    2000,
    'connections',
    'Connections at a time. More are closed at once; who is connected is not touched.',
  ),
  connectionsPerAddress: limit(
    500,
    'connections',
    'Connections at a time from one address, so that one sender does not take all. Not for trusted proxies and not on loopback.',
  ),
  lag: limit(
    1000,
    'ms',
    'Delay of the event loop from which reads get 503. Pushes are taken as long as the disk takes them.',
  ),
  reads: limit(4, 'requests', 'Reads of the database at a time, so that the workers always get connections.'),
  waitingReads: limit(100, 'requests', 'Reads that wait for their turn. More get 503.'),
  linger: limit(
    2000,
    'ms',
    'How long the rest of a body is read and thrown away after an early answer, so that the sender sees it.',
  ),
  lingerBytes: limit(8 << 20, 'bytes', 'How much of it; then the connection is closed.'),
  statement: limit(5000, 'ms', 'Time for one query of the database. Longer gets 503.'),
} as const satisfies Record<string, Limit>;

/** Values alone, as code uses them. */
export const limits = Object.fromEntries(Object.entries(serverLimits).map(([name, { value }]) => [name, value])) as {
  readonly [K in keyof typeof serverLimits]: number;
};
