import { createServer } from 'node:http';
import { listenToFaults } from '../../../src/core/fault.js';
import { receivePush } from '../../../src/receivers/common/push.js';
import { Spool } from '../../../src/receivers/common/spool.js';
import type { SyslogOptions } from '../../../src/receivers/common/syslog-options.js';
import { claimOwnership } from '../../../src/store/owner.js';

// A process that receives. What it says on standard output is one JSON value a line; the first is where it listens.
//   push FOLDER [FAULT_POINT N]   kills itself when it passes a fault point for the N-th time
//   syslog FOLDER                 says each gap, and at SIGUSR2 and at its end how it stands
const [mode = '', folder = '', point = '', at = '0'] = process.argv.slice(2);
const say = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);

let passes = 0;
listenToFaults((passed) => {
  if (passed === point && ++passes === Number(at)) process.kill(process.pid, 'SIGKILL');
});

const spool = await Spool.open({ folder, claim: claimOwnership, ballast: 0, segmentBytes: 2 << 20 });

if (mode === 'push') {
  const server = createServer(async (request, response) => {
    const outcome = await receivePush(
      {
        body: request,
        headers: request.headers,
        source: 'proxy',
        token: 't1',
        remote: request.socket.remoteAddress ?? '',
      },
      { spool, now: Date.now },
    );
    response.statusCode = outcome.status;
    response.end(JSON.stringify(outcome));
  });
  server.listen(0, '127.0.0.1', () => say(server.address()));
} else {
  const { createSyslogReceiver } = await import('../../../src/receivers/common/syslog.js');
  const options: SyslogOptions = {
    protocol: 'tcp',
    host: '127.0.0.1',
    port: 0,
    max_connections: 1000,
    per_address: 1000,
    idle_timeout: 3_600_000,
    frame_timeout: 30_000,
  };
  const receiver = createSyslogReceiver(options, { spool, source: 'firewall', now: Date.now, onGap: say });
  say(await receiver.listen());
  process.on('SIGUSR2', () => say(receiver.stats()));
  process.on('SIGTERM', () => {
    void receiver.close().then(async () => {
      await spool.close();
      say(receiver.stats());
      process.exit(0);
    });
  });
}
