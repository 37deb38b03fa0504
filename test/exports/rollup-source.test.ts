import { describe, expect, it } from 'vitest';
import { ownCatalog, scanBytes, scanOptions } from '../helpers/scan.js';

const header =
  'halflight_rollup,day,service,actor_kind,actor,account_kind,strength,confidence,events,attempts,bytes_out,bytes_in,first_seen,last_seen\n';
const row = (service: string, more = '42,3,1200,98765,2026-03-02T08:00:00Z,2026-03-02T17:00:00Z') =>
  `1/0123456789ab,2026-03-02,${service},user,ACME\\Ann,personal,transfer,high,${more}\n`;

describe('a roll-up of another engine', () => {
  it('is a source like any other: its counts are the usage', async () => {
    const result = await scanBytes(
      'chats.csv',
      Buffer.from(header + row('chatgpt') + row('chatgpt')),
      await scanOptions(ownCatalog()),
    );
    expect(result).toMatchObject({
      format: 'halflight-rollup',
      hits: 90,
      first: Date.UTC(2026, 2, 2, 8),
      last: Date.UTC(2026, 2, 2, 17),
    });
    expect(result.usage).toEqual([
      {
        day: '2026-03-02',
        service: 'chatgpt',
        actor: { kind: 'user', id: 'acme\\ann', group: '' },
        source: 'halflight-rollup',
        accountKind: 'personal',
        strength: 'transfer',
        provenance: 'observed',
        confidence: 'high',
        events: 84,
        attempts: 6,
        bytesOut: 2400,
        bytesIn: 197530,
        spend: new Map(),
        first: Date.UTC(2026, 2, 2, 8),
        last: Date.UTC(2026, 2, 2, 17),
      },
    ]);
    expect(result.evidence[0]).toMatchObject({
      line: 2,
      reason: 'a query with the exported catalog counted 42 for ChatGPT',
    });
  });

  it('is rejected row by row where it names a service that the catalog does not have', async () => {
    const result = await scanBytes(
      'chats.csv',
      Buffer.from(header + row('acme-bot') + row('chatgpt')),
      await scanOptions(ownCatalog()),
    );
    expect(result.counts).toMatchObject({ records: 3, withEvents: 1, skipped: 1, rejected: 1 });
    expect(result.rejectSamples).toMatchObject([
      { line: 2, reason: 'the catalog has no service of this id: export and scan with the same signatures' },
    ]);
  });

  it('reads rows with other numbers of digits than a log would have', async () => {
    const result = await scanBytes(
      'chats.csv',
      Buffer.from(header + row('chatgpt', '1000000000,0,900000000000000,1,2026-03-02T08:00:00Z,2026-03-02T17:00:00Z')),
      await scanOptions(ownCatalog()),
    );
    expect(result.usage[0]).toMatchObject({ events: 1_000_000_000, attempts: 0, bytesOut: 900_000_000_000_000 });
  });
});
