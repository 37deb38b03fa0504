import { Counter, Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { addNotice } from '../../src/store/outbox.js';
import { describeOnDatabases } from '../store/helpers/databases.js';
import { startApi } from './helpers/api.js';
import { counted } from './helpers/database.js';
import { noon, seed } from './helpers/seed.js';

await describeOnDatabases('the metrics', (server) => {
  it('tell the ledger by source, chunks, queue, outbox, requests and what others measure', async () => {
    const db = await server.database();
    await seed(db);
    await addNotice(db, { id: 'n1', subject: 's' } as Parameters<typeof addNotice>[1], ['hook', 'mail'], noon);
    const metrics = new Registry();
    new Counter({ name: 'halflight_jobs_total', help: 'Of another part', registers: [metrics] }).inc(7);
    const api = await startApi(db, { metrics });
    await api.app.inject({ url: '/healthz' });
    const { body } = await api.app.inject({ url: '/metrics' });
    const lines = body.split('\n');
    for (const line of [
      'halflight_source_received_total{source="proxy"} 17',
      'halflight_source_landed_total{source="proxy"} 16',
      'halflight_source_rejected_total{source="proxy"} 1',
      'halflight_source_quarantined_total{source="proxy"} 0',
      'halflight_source_refused_total{source="proxy"} 0',
      'halflight_source_missing_total{source="proxy"} 4',
      'halflight_source_hits_total{source="proxy"} 12',
      'halflight_source_bytes_total{source="proxy"} 5000',
      'halflight_chunks{state="pending"} 1',
      'halflight_chunks{state="lost"} 0',
      'halflight_outbox_deliveries{channel="hook",state="pending"} 1',
      'halflight_queue_jobs 3',
      'halflight_jobs_total 7',
      'halflight_database_up 1',
      'halflight_build_info{version="1.2.3"} 1',
      'halflight_http_request_seconds_count{path="/healthz",method="GET",status="200"} 1',
    ])
      expect(lines).toContain(line);
    for (const name of [
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_seconds',
      'halflight_event_loop_lag_seconds',
    ])
      expect(body).toContain(`\n${name} `);
  });

  it('name no path that was only asked for', async () => {
    const api = await startApi(await server.database());
    for (let i = 0; i < 50; i++) await api.app.inject({ url: `/v1/odd-${i}` });
    const { body } = await api.app.inject({ url: '/metrics' });
    expect(body).not.toContain('odd');
    expect(body).toContain('halflight_http_request_seconds_count{path="none",method="GET",status="404"} 50');
  });

  it('cost the database the same however often they are asked for', async () => {
    const { db, queries } = counted(await server.database());
    const api = await startApi(db);
    await api.app.inject({ url: '/metrics' });
    const before = queries();
    const start = performance.now();
    await Promise.all(Array.from({ length: 100 }, () => api.app.inject({ url: '/metrics' })));
    const rounds = 1 + Math.ceil((performance.now() - start) / 1000);
    // Three queries every 5 seconds, and the tokens once a second.
    expect(queries() - before).toBeLessThanOrEqual(rounds * 4);
  });

  it('front page and readiness likewise', async () => {
    const { db, queries } = counted(await server.database());
    const api = await startApi(db);
    const start = performance.now();
    const before = queries();
    const headers = { authorization: `Bearer ${api.read}` };
    await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        api.app.inject({ url: i % 2 === 0 ? '/v1/usage/top' : '/readyz', headers }),
      ),
    );
    expect(queries() - before).toBeLessThanOrEqual(6 * (1 + Math.ceil((performance.now() - start) / 1000)));
  });
});
