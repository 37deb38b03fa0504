import { describe, expect, it } from 'vitest';
import type { EventDraft } from '../../src/core/event.js';
import { format } from '../../src/formats/halflight-telemetry.js';

const record = (identity: string, more: object = {}): string =>
  JSON.stringify({
    halflight_telemetry: '1',
    identity,
    user: 'anna@acme.example',
    device: 'ACME-LT-1',
    id: '1',
    at: '2026-11-25T09:01:00Z',
    type: 'paste',
    host: 'chatgpt.com',
    account_kind: 'personal',
    count: 1,
    bytes: 300,
    ...more,
  });

const read = (text: string, stampedBy?: string): EventDraft => {
  const sample = { name: 'x', text, lines: [text], json: [] };
  return [format.open({ zone: 'UTC', modified: 0, sample, stampedBy }).read(text)].flat()[0] as EventDraft;
};

describe('a record of browser telemetry', () => {
  it('is reported where the receiver itself has stamped it so', () => {
    expect(read(record('reported'), 'telemetry')).toMatchObject({ provenance: 'reported', account: 'personal' });
    expect(read(record('claimed'), 'telemetry').provenance).toBe('claimed');
  });

  it('is a claim from anywhere else, whatever it says: files, pushes and other receivers can be forged', () => {
    for (const stampedBy of [undefined, 'push', 'upload', 'syslog'])
      for (const identity of ['reported', 'observed', 'claimed'])
        expect([stampedBy, identity, read(record(identity), stampedBy).provenance]).toEqual([
          stampedBy,
          identity,
          'claimed',
        ]);
  });

  it('knows three kinds of account, and no other', () => {
    for (const [said, kept] of [
      ['enterprise', 'enterprise'],
      ['unknown', undefined],
      ['anna@acme.example', undefined],
    ])
      expect(read(record('reported', { account_kind: said }), 'telemetry').account).toBe(kept);
  });
});
