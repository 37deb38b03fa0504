import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { messageOf } from '../../src/alerts/common/message.js';
import { ocsfEvent } from '../../src/alerts/common/ocsf.js';
import { findingStates } from '../../src/core/finding-state.js';
import type { Notice } from '../../src/core/notice.js';
import { entryKinds, entryStatuses } from '../../src/core/register.js';
import { findingsTable } from '../../src/exports/tables/common/findings.js';
import { inventoryTable } from '../../src/exports/tables/common/inventory.js';
import { usageTable } from '../../src/exports/tables/common/usage.js';
import { tableFormat as ocsf } from '../../src/exports/tables/ocsf.js';
import { ndjson as linesOf } from '../helpers/cli.js';
import { bytesOf, entryRow, findingRow, usageRow } from './helpers/tables.js';

// The classes of the framework were written down as JSON Schema by hand (test/fixtures/ocsf): every event must be one of them.
const classOf = (name: string): z.ZodType =>
  z.fromJSONSchema(
    JSON.parse(readFileSync(join(import.meta.dirname, `../fixtures/ocsf/${name}.json`), 'utf8')) as Parameters<
      typeof z.fromJSONSchema
    >[0],
  );
const findingClass = classOf('detection_finding');
const inventoryClass = classOf('cloud_resources_inventory_info');
const baseClass = classOf('base_event');

const findings = findingsTable((id) =>
  id === 'chatgpt' ? { name: 'ChatGPT', vendor: 'OpenAI', category: 'chat' } : undefined,
);
const at = Date.parse('2026-11-22T00:00:00Z');
const inventory = inventoryTable(at);

const text = fc.string({ unit: 'binary', maxLength: 30 });
const instant = fc.option(fc.integer({ min: 0, max: 4e12 }), { nil: null });

describe('what the schemas refuse', () => {
  it('a missing attribute, another type, an unknown attribute, a number that is no value', async () => {
    const [event] = linesOf((await bytesOf(ocsf, findings, [findingRow()])).toString());
    const { finding_info: _info, ...without } = event ?? {};
    expect(findingClass.safeParse(event).success).toBe(true);
    for (const wrong of [
      without,
      { ...event, severity_id: 'high' },
      { ...event, type_uid: 200_405 },
      { ...event, class_uid: 2001 },
      { ...event, invented: 1 },
      { ...event, finding_info: { title: 'no uid' } },
    ])
      expect(findingClass.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false);
  });
});

describe('a finding', () => {
  it('is a Detection Finding that says what it is and where it stands', async () => {
    const lines = linesOf(
      (
        await bytesOf(ocsf, findings, [
          findingRow(),
          findingRow({ id: 'a/unknown', service: 'a', state: 'watched', openedAt: null, changedAt: at }),
          findingRow({ state: 'resolved', resolvedAt: at, changedAt: at }),
          findingRow({ changedAt: Date.parse('2026-11-01T07:00:05Z') }),
        ])
      ).toString(),
    );
    expect(lines[0]).toMatchObject({
      class_uid: 2004,
      category_uid: 2,
      activity_id: 2,
      type_uid: 200_402,
      severity_id: 4,
      status_id: 1,
      risk_score: 61,
      risk_level_id: 3,
      time: 1_793_696_400_000,
      metadata: { version: '1.4.0', correlation_uid: 'chatgpt/personal' },
      finding_info: { uid: 'chatgpt/personal', first_seen_time: 1_793_516_400_000, last_seen_time: 1_795_197_600_000 },
      resources: [{ uid: 'chatgpt', name: 'ChatGPT', group: { name: 'chat' } }],
      unmapped: { vendor: 'OpenAI', verdict: 'unregistered', people: 12 },
    });
    expect(lines[1]).toMatchObject({ status_id: 99, severity_id: 1, type_uid: 200_401 });
    expect(lines[2]).toMatchObject({ status_id: 4, severity_id: 1, activity_id: 3, type_uid: 200_403 });
    // Opened and never changed since.
    expect(lines[3]).toMatchObject({ activity_id: 1, type_uid: 200_401 });
  });

  it('is one whatever it holds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          id: text,
          service: fc.oneof(fc.constant('chatgpt'), text),
          state: fc.constantFrom(...findingStates),
          reason: text,
          entry: fc.option(text, { nil: null }),
          risk: fc.record({
            score: fc.integer({ min: 0, max: 100 }),
            level: fc.constantFrom('low', 'medium', 'high'),
            factors: fc.constant([]),
            rules: fc.constant('1'),
          }),
          firstSeen: instant,
          lastSeen: instant,
          openedAt: instant,
          changedAt: fc.integer({ min: 0, max: 4e12 }),
        }),
        async (change) => {
          const [line] = linesOf((await bytesOf(ocsf, findings, [findingRow(change)])).toString());
          expect(findingClass.parse(line)).toMatchObject({
            finding_info: { uid: change.id, desc: change.reason },
            risk_score: change.risk.score,
          });
        },
      ),
      { seed: 20261126, numRuns: 200 },
    );
  });
});

describe('an entry of the register', () => {
  it('is a resource of the inventory, whatever it holds', async () => {
    const [line] = linesOf((await bytesOf(ocsf, inventory, [entryRow()])).toString());
    expect(inventoryClass.parse(line)).toMatchObject({
      class_uid: 5023,
      type_uid: 502_302,
      time: at,
      cloud: { provider: 'Microsoft', region: 'westeurope' },
      resources: [
        {
          uid: 'support-bot',
          name: 'Support bot',
          type: 'agent-workflow',
          labels: ['azure-openai', 'acme-bot'],
          criticality: 'high',
          owner: { name: 'Ada Owner' },
          data: { status: 'approved', conditions: ['no customer data', 'logs kept; 30 days'] },
        },
      ],
    });
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          id: text,
          name: text,
          kind: fc.option(fc.constantFrom(...entryKinds), { nil: undefined }),
          vendor: fc.option(text, { nil: undefined }),
          business_owner: fc.option(text, { nil: undefined }),
          hosting_location: fc.option(text, { nil: undefined }),
          risk_tier: fc.constantFrom(1 as const, 2 as const, 3 as const, undefined),
          status: fc.constantFrom(...entryStatuses),
        }),
        async (change) => {
          const [event] = linesOf((await bytesOf(ocsf, inventory, [entryRow(change)])).toString());
          expect(inventoryClass.safeParse(event).error).toBeUndefined();
        },
      ),
      { seed: 20261126, numRuns: 200 },
    );
  });
});

describe('a notice', () => {
  it('is an event of the same framework', () => {
    const notice = (kind: string, details: Notice['details'] = {}): Notice => ({
      id: 'n1',
      kind,
      at,
      title: 'ChatGPT is used',
      text: 'Twelve people',
      subject: 'chatgpt/personal',
      severity: 'high',
      details,
    });
    const eventOf = (about: Notice): unknown =>
      JSON.parse(JSON.stringify(ocsfEvent(about, messageOf(about, {}), 'key')));
    const details = {
      service: 'chatgpt',
      vendor: 'OpenAI',
      category: 'chat',
      verdict: 'denied',
      people: 12,
      first_seen: at,
    };
    for (const kind of ['finding.opened', 'finding.changed', 'finding.reopened', 'finding.resolved'])
      expect(findingClass.safeParse(eventOf(notice(kind, details))).error).toBeUndefined();
    expect(baseClass.safeParse(eventOf(notice('source.silent'))).error).toBeUndefined();
  });
});

it('a day of use is no event of the framework', async () => {
  const usage = usageTable({ actor: () => '', group: () => '', vendor: () => '' });
  expect(ocsf.tables).not.toContain('usage');
  await expect(bytesOf(ocsf, usage, [usageRow()])).rejects.toThrow('OCSF has no class for rows of usage');
});
