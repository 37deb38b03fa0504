import { afterAll, describe, expect, it } from 'vitest';
import { compileCatalog } from '../../src/catalog/compile.js';
import type { ThreadData, ThreadJob } from '../../src/jobs/ingest/messages.js';
import { Scanner } from '../../src/jobs/ingest/scanner.js';
import { service } from '../helpers/service.js';

const dataOf = (id: string): ThreadData => {
  const services = [service({ id, hosts: ['bot.acme.example'] })];
  return {
    catalogHash: compileCatalog(services).hash,
    services,
    lowConfidence: '',
    people: [],
    zone: 'UTC',
    net: {},
    poison: undefined,
  };
};
const line =
  '1774652399.000     10 10.0.0.7 TCP_TUNNEL/200 500 CONNECT bot.acme.example:443 ann HIER_DIRECT/203.0.113.7 -\n';
const job: ThreadJob = {
  work: 'scan',
  chunk: { key: 'k', name: 'access.log', place: undefined, size: line.length, modified: 0, prime: undefined },
  collector: undefined,
  format: 'squid',
  mapping: undefined,
  logZone: 'UTC',
  provenance: 'reported',
  records: undefined,
};
describe('threads that scan, when the catalog is replaced', () => {
  const [old, fresh] = [dataOf('old-bot'), dataOf('new-bot')];
  const scanner = new Scanner(1, old);
  afterAll(() => scanner.close());
  const scanned = async (parts: AsyncIterable<Uint8Array>): Promise<[string, string[]]> => {
    const answer = await scanner.run(job, 60_000, parts);
    if (answer.kind !== 'scanned') throw new Error(JSON.stringify(answer));
    return [answer.catalogHash, answer.result.usage.map((row) => row.service)];
  };

  it('a chunk in work is read to its end by the old one and says so, the next by the new one', async () => {
    let [asked, goOn] = [(): void => {}, (): void => {}];
    const begun = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const slow = async function* (): AsyncGenerator<Uint8Array> {
      asked();
      await held;
      yield Buffer.from(line);
    };
    const first = scanned(slow());
    await begun;
    // Waits for the only thread: begins behind the change.
    const second = scanned(
      (async function* () {
        yield Buffer.from(line);
      })(),
    );
    scanner.renew(fresh);
    goOn();
    expect(await first).toEqual([old.catalogHash, ['old-bot']]);
    expect(await second).toEqual([fresh.catalogHash, ['new-bot']]);
  });
});
