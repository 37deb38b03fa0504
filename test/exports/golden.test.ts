import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ServiceSource, serviceSchema } from '../../src/catalog/schema.js';
import { planOf } from '../../src/exports/catalog/common/plan.js';
import { allCatalogExports, catalogExportIds } from '../../src/exports/catalog/common/registry.js';
import { compileCatalog } from '../helpers/scan.js';

// What each engine gets for a small catalog with every kind of rule, in test/fixtures/exports/ENGINE/. Engines that cannot be run here
// rest on these files having been read line by line. UPDATE_FIXTURES=1 rewrites them for that; it is refused in CI.
const root = join(import.meta.dirname, '../fixtures/exports');
const update = process.env.UPDATE_FIXTURES === '1';
if (update && process.env.CI) throw new Error('UPDATE_FIXTURES is refused in CI: expectations are reviewed by hand.');

const base = {
  summary: 'An assistant.',
  category: 'chat',
  vendor: { name: 'Acme' },
  checked: '2026-11-26',
  sources: [{ name: 'us' }] as { name: string }[],
  examples: { hit: ['x'] as string[], miss: ['y'] as string[] },
} as const;
const services: ServiceSource[] = [
  {
    ...base,
    id: 'acme-bot',
    name: 'Acme "Bot"; \\ *',
    hosts: [
      'bot.acme.example',
      { host: 'llm-*.acme.example', role: 'api' },
      { host: 'm.bot.acme.example', role: 'telemetry' },
    ],
    paths: [{ host: 'portal.example', path: "/it's/*/Chat", account: 'enterprise' }],
    user_agents: [{ token: "Acme'Bot\\/ [x]" }],
  },
  {
    ...base,
    id: 'other',
    name: 'Other',
    confidence: 'low',
    hosts: [
      { host: 'acme.example', weak: true },
      { host: 'eu.bot.acme.example', match: 'exact', role: 'data' },
      { host: 'xn--bcher-kva.example' },
    ],
  },
];

const plan = planOf(compileCatalog(services.map((service) => serviceSchema.parse(service))));

describe('what each engine gets', () => {
  it.each(catalogExportIds())('%s', async (id) => {
    const engine = (await allCatalogExports()).get(id);
    const files = engine?.write(plan, {
      table: engine.rollUp ? `it's."odd"` : '',
      columns: engine.columns.web,
      kind: 'web',
      timeType: 'timestamp',
      timezone: 'Europe/Berlin',
      prefix: 'halflight_',
      blocked: ['blocked', "den'ied"],
    });
    for (const { name, content } of files ?? []) {
      const place = join(root, id, name);
      if (update) {
        mkdirSync(dirname(place), { recursive: true });
        writeFileSync(place, content);
      }
      expect(content, name).toBe(existsSync(place) ? readFileSync(place, 'utf8') : `no file ${place}`);
    }
    const kept = readdirSync(join(root, id), { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(kept).toHaveLength(files?.length ?? 0);
  });

  it('has a folder for each engine and no other', () => {
    expect(readdirSync(root).sort()).toEqual(catalogExportIds());
  });
});
