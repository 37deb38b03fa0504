import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { catalogHosts } from './catalog-hosts.js';
import { needsBuild } from './halflight.js';
import { failOn } from './print.js';
import { type SetUp, start } from './running.js';

// From the answer to a push, whose one line is the first use of a service, until the alert about it is received at a webhook: the path of
// who waits for it, with the spool, the scan, the finding, the rule, the outbox and the channel in it.
//   npm run build && npx tsx bench/alert-latency.ts [--probes 60] [--setup embedded|servers]
const { values } = parseArgs({
  options: { probes: { type: 'string', default: '60' }, setup: { type: 'string', default: 'embedded' } },
});
needsBuild();

const longestMs = 60_000;
const received = new Map<string, number>();
const kinds = new Map<string, number>();
let heard = (): void => {};
const receiver = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const at = performance.now();
    response.writeHead(204).end();
    const { type, data } = JSON.parse(Buffer.concat(parts).toString()) as {
      type: string;
      data: { details: { service?: unknown } };
    };
    kinds.set(type, (kinds.get(type) ?? 0) + 1);
    const service = data.details.service;
    if (type === 'alert.opened' && typeof service === 'string' && !received.has(service)) received.set(service, at);
    heard();
  });
});
await new Promise<void>((resolve) => {
  receiver.listen(0, '127.0.0.1', resolve);
});
const { port } = receiver.address() as AddressInfo;

/** When the alert of a service came; undefined: not in time. */
async function alertOf(service: string): Promise<number | undefined> {
  for (const began = performance.now(); performance.now() - began < longestMs; ) {
    const at = received.get(service);
    if (at !== undefined) return at;
    await Promise.race([
      sleep(1000),
      new Promise<void>((resolve) => {
        heard = resolve;
      }),
    ]);
  }
  return undefined;
}

/** One host of each service, none of which could be taken for another's. */
function probes(): [service: string, host: string][] {
  const hosts = new Map<string, string>();
  for (const { service, host } of catalogHosts()) if (service !== '' && !hosts.has(service)) hosts.set(service, host);
  return [...hosts].slice(0, Number(values.probes));
}

const service = await start(
  values.setup as SetUp,
  `net: { allow: [127.0.0.1], ports: [${port}] }
sources:
  - { id: probe, kind: push, format: squid }
channels:
  - { id: hook, kind: webhook, options: { url: "http://127.0.0.1:${port}/hook" } }
alerts:
  rules:
    - { id: new-vendor, kind: new-unapproved-vendor, channels: [hook], group: { wait: 0s, within: 0s } }
`,
  9,
);
try {
  const token = service.token('probe');
  await sleep(3000);
  const [took, missing]: [number[], string[]] = [[], []];
  for (const [id, host] of probes()) {
    const line = `${(Date.now() / 1000).toFixed(3)}    100 10.1.2.3 TCP_TUNNEL/200 5120 CONNECT ${host}:443 probe HIER_DIRECT/203.0.113.9 -\n`;
    const answer = await fetch(`${service.url}/v1/push`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain' },
      body: line,
    });
    const began = performance.now();
    if (answer.status !== 202) throw new Error(`a push was answered ${answer.status}`);
    const at = await alertOf(id);
    if (at === undefined) missing.push(`no alert about ${id} (${host}) within ${longestMs / 1000} s`);
    else took.push(at - began);
    await sleep(200);
  }
  const sorted = took.toSorted((a, b) => a - b);
  const share = (part: number): string =>
    `${Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0)} ms`;
  console.log(
    `push to webhook, ${values.setup}: p50 ${share(0.5)}, p95 ${share(0.95)}, most ${share(1)}, of ${sorted.length}; received: ${[...kinds].map(([kind, n]) => `${n} ${kind}`).join(', ')}`,
  );
  failOn('the alerts', missing);
} finally {
  await service.stop();
  receiver.closeAllConnections();
  receiver.close();
}
