import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseObject } from '../../src/core/json.js';
import { detectText, parseText } from '../helpers/parse.js';

// Whatever carries a record, the same is read from it: each record of the fixtures of these formats, wrapped as exports, collectors
// and forwarders wrap it.
const root = join(import.meta.dirname, '../fixtures/formats');
const ids = [
  'anthropic-compliance',
  'azure-firewall',
  'barracuda-cloudgen',
  'cato',
  'chrome-enterprise',
  'crowdstrike-fdr',
  'defender-xdr',
  'duo-auth',
  'gcp-dns',
  'github-copilot',
  'island-browser',
  'jamf-protect-web',
  'jumpcloud',
  'menlo-web',
  'netskope-events',
  'o365-audit',
  'onelogin',
  'openai-audit',
  'push-security',
  'sentinelone-cloud-funnel',
  'slack-audit',
  'suricata-eve',
  'zscaler-zpa-browser',
];

const recordsOf = (id: string): Record<string, unknown>[] =>
  readdirSync(join(root, id))
    .filter((file) => file.endsWith('.ndjson'))
    .flatMap((file) => readFileSync(join(root, id, file), 'utf8').split('\n'))
    .flatMap((line): Record<string, unknown>[] => {
      const record = parseObject(line);
      return record === undefined ? [] : [record];
    });

const ways: readonly (readonly [string, (record: object) => string])[] = [
  ['a list', (record) => JSON.stringify([record])],
  ['a list over many lines', (record) => JSON.stringify([record], null, 2)],
  ['one object over many lines', (record) => JSON.stringify(record, null, 2)],
  ['a page', (record) => JSON.stringify({ count: 1, records: [record] })],
  ['a page with more around it', (record) => JSON.stringify({ response: { items: [record] }, next: null }, null, 1)],
  ['RFC 5424 syslog', (record) => `<14>1 2026-11-22T10:15:00Z hub fwd - - - ${JSON.stringify(record)}`],
  ['RFC 3164 syslog', (record) => `<14>Nov 22 10:15:00 hub fwd: ${JSON.stringify(record)}`],
  ['an event of Splunk', (record) => JSON.stringify({ sourcetype: 'x', event: record })],
  ['a text of Logstash', (record) => JSON.stringify({ '@version': '1', message: JSON.stringify(record) })],
  ['an export of Splunk', (record) => JSON.stringify({ preview: false, result: { _raw: JSON.stringify(record) } })],
  ['a comma behind it', (record) => `${JSON.stringify(record)},`],
];

describe.each(ids)('%s reads the same from', (id) => {
  it.each(ways)('%s', async (_what, wrap) => {
    let events = 0;
    for (const record of recordsOf(id)) {
      const plain = await parseText(id, JSON.stringify(record));
      const wrapped = await parseText(id, wrap(record));
      const bare = ({ line: _line, ...event }: Record<string, unknown>) => event;
      // A header may lend its time to a record that has none.
      const timed = plain.events.map((event, i) => ({ time: wrapped.events[i]?.time, ...event }));
      expect(wrapped.events.map(bare), JSON.stringify(record)).toEqual(
        plain.events.some((event) => event.time === undefined) ? timed.map(bare) : plain.events.map(bare),
      );
      expect(wrapped.rejects.length, JSON.stringify(record)).toBe(plain.rejects.length);
      events += wrapped.events.length;
      if (plain.events.length > 0)
        expect(await detectText('x', wrap(record)), wrap(record)).toMatchObject({ format: id });
    }
    expect(events).toBeGreaterThan(2);
  });
});
