import { compileCatalog } from '../../../src/catalog/compile.js';
import { defaultConfig } from '../../../src/config/schema.js';
import type { InventoryEntry } from '../../../src/core/register.js';
import type { Usage } from '../../../src/core/usage.js';
import { answerWithinOf } from '../../../src/inventory/requests.js';
import type { Person } from '../../../src/people/person.js';
import type { Audience } from '../../../src/reports/periodic/facts.js';
import type { FactsAsk } from '../../../src/reports/periodic/load.js';
import { periodOf } from '../../../src/reports/periodic/period.js';
import { saveChunk } from '../../../src/store/chunks.js';
import type { Db } from '../../../src/store/tables.js';
import type { ChunkResult } from '../../../src/store/types.js';
import { service } from '../../helpers/service.js';
import { chunk, usage } from '../../store/helpers/results.js';

/** Five services; `chat` is approved. */
export const catalog = compileCatalog(
  ['chat', 'draw', 'code', 'talk', 'sing'].map((id) =>
    service({
      id,
      name: `${id.toUpperCase()} AI`,
      hosts: [`${id}.example`],
      category: id === 'draw' ? 'image' : 'chat',
    }),
  ),
);

export interface Planted {
  day: string;
  service: string;
  /** Whom: a person of a group. */
  who: string;
  group: string;
  events?: number;
  attempts?: number;
}

export const at = (day: string, hour = 12): number => Date.parse(`${day}T${String(hour).padStart(2, '0')}:00:00Z`);

/** Puts use into the database as one piece of input of a source, received when its last day was over. */
export async function plant(
  db: Db,
  name: string,
  rows: readonly Planted[],
  change: Partial<ChunkResult> & { rowsAre?: Partial<Usage> } = {},
): Promise<void> {
  const days = rows.map(({ day }) => day).sort((a, b) => (a < b ? -1 : 1));
  const { rowsAre, ...result } = change;
  await saveChunk(
    db,
    chunk(name, {
      source: 'proxy',
      name,
      first: at(days[0] ?? '2026-11-09'),
      last: at(days.at(-1) ?? '2026-11-09', 13),
      scannedAt: at(days.at(-1) ?? '2026-11-09', 23),
      usage: rows.map((row) =>
        usage({
          day: row.day,
          service: row.service,
          actor: { kind: 'person', id: row.who, group: row.group },
          source: 'proxy',
          events: row.events ?? 1,
          attempts: row.attempts ?? 0,
          first: at(row.day),
          last: at(row.day, 13),
          ...rowsAre,
        }),
      ),
      uses: [],
      evidence: [],
      candidates: [],
      ...result,
    }),
  );
}

/** So many people of a group: `eng-1`, `eng-2` ... */
export const members = (prefix: string, group: string, count: number): Person[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `${prefix}-${i + 1}`,
    email: `${prefix}-${i + 1}@acme.example`,
    name: `Name of ${prefix} ${i + 1}`,
    group,
    manager: '',
    aliases: [],
    line: i + 1,
  }));

export const approved: InventoryEntry = {
  id: 'chat-for-all',
  name: 'Chat for all',
  services: ['chat'],
  workspaces: [],
  allowed_account: 'any',
  allowed_groups: [],
  allowed_data_classes: [],
  approvers: ['ciso'],
  integration_points: [],
  tools: [],
  systems_reached: [],
  data_categories: [],
  sensitive_sources: {},
  prompt_templates: [],
  conditions: [],
  status: 'approved',
  approval_date: '2026-01-10',
  review_date: '2026-12-01',
  business_owner: 'ada',
};

/** The report of week 47 of 2026 (16 to 22 November), as it is asked for. */
export const ask = (audience: Partial<Audience> = {}, change: Partial<FactsAsk> = {}): FactsAsk => {
  const period = periodOf('2026-W47', '2026-11-26');
  if (period === undefined) throw new Error('no week');
  return {
    period,
    audience: { role: 'admin', group: undefined, names: false, ...audience },
    zone: 'UTC',
    catalog,
    inventoryOn: async () => ({ hash: 'inventory-1', entries: [approved] }),
    people: [],
    pseudonymKey: 'a key of pseudonyms for tests',
    window: 90,
    quiet: 30,
    answerWithin: answerWithinOf(defaultConfig()),
    product: '1.2.3',
    checkpoint: async () => '',
    ...change,
  };
};
