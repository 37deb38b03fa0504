import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { Channel } from '../../../src/alerts/common/channel.js';
import type { Notice } from '../../../src/core/notice.js';
import { deliver } from '../../../src/jobs/deliver.js';
import { loadAudit, verifyAudit } from '../../../src/store/audit.js';
import { addNotice } from '../../../src/store/outbox.js';
import type { Db } from '../../../src/store/tables.js';
import { describeOnDatabases } from '../../store/helpers/databases.js';
import { clear, noon, setupOf, testService } from '../helpers.js';

await describeOnDatabases('deliveries in the audit log', (server) => {
  let db: Db;
  beforeAll(async () => {
    db = await server.database();
  });
  beforeEach(() => clear(db));

  const notice = (n: number): Notice => ({
    id: `n_${n}`,
    kind: 'finding.opened',
    at: noon,
    title: 'New',
    text: 'Why',
    subject: `f_${n}`,
    severity: 'warning',
    details: {},
  });
  /** A channel that says what it is told to: by the number of the notice, its answers in turn. */
  const serviceWith = async (answers: (id: string, attempt: number) => 'sent' | 'retry' | 'refused') => {
    const tries = new Map<string, number>();
    const channel = {
      send: async ({ id }: Notice) => {
        const attempt = (tries.get(id) ?? 0) + 1;
        tries.set(id, attempt);
        const outcome = answers(id, attempt);
        return outcome === 'sent' ? { outcome } : { outcome, why: `answer ${attempt}`, afterSeconds: undefined };
      },
    } as unknown as Channel;
    return testService(db, {
      setup: setupOf({ channels: [{ id: 'soc', kind: 'fake', notices: [], options: {} }] }),
      channels: new Map([['fake', channel]]),
    });
  };
  const said = async () =>
    (await loadAudit(db)).map(({ action, subject, details }) => [action, subject, JSON.parse(details)]);

  it('each that is settled is one record, with what it was about; a try that is made again is none', async () => {
    const service = await serviceWith((id, attempt) =>
      id === 'n_2' && attempt === 1 ? 'retry' : id === 'n_3' ? 'refused' : 'sent',
    );
    for (const n of [1, 2, 3]) await addNotice(db, notice(n), ['soc'], noon);
    await addNotice(db, notice(4), ['gone'], noon);
    await deliver(service.context, new AbortController().signal);
    service.clock.now += 3_600_000;
    await deliver(service.context, new AbortController().signal);
    await deliver(service.context, new AbortController().signal);
    const found = await said();
    expect(found.toSorted((a, b) => String(a[1]).localeCompare(String(b[1])))).toEqual([
      ['notice.sent', 'n_1', { channel: 'soc', kind: 'finding.opened', about: 'f_1', attempts: 1 }],
      ['notice.sent', 'n_2', { channel: 'soc', kind: 'finding.opened', about: 'f_2', attempts: 2 }],
      ['notice.refused', 'n_3', { channel: 'soc', kind: 'finding.opened', about: 'f_3', attempts: 1, why: 'answer 1' }],
      [
        'notice.refused',
        'n_4',
        {
          channel: 'gone',
          kind: 'finding.opened',
          about: 'f_4',
          attempts: 1,
          why: 'the channel is no longer configured',
        },
      ],
    ]);
  });

  it('many at once are a record each, and the chain holds', async () => {
    const service = await serviceWith(() => 'sent');
    for (let n = 0; n < 300; n++) await addNotice(db, notice(n), ['soc'], noon);
    await deliver(service.context, new AbortController().signal);
    expect(new Set((await said()).map(([, subject]) => subject)).size).toBe(300);
    expect(await verifyAudit(db)).toMatchObject({ records: 300, badSeq: undefined });
    expect(await db.selectFrom('outbox').select('id').where('state', '<>', 'sent').execute()).toEqual([]);
  });
});
