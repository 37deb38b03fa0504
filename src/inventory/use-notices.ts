import { createHash } from 'node:crypto';
import type { Catalog } from '../catalog/compile.js';
import { hostSetOf, isVisited, visitedPattern } from '../catalog/host-set.js';
import type { InventoryEntry, Verdict } from '../core/register.js';
import { allowing, decide } from './decide.js';

/** Why a service is not approved: decided against, not decided yet (or no longer), or in no register. */
export const noticeStates = ['denied', 'pending', 'unapproved'] as const;
export type NoticeState = (typeof noticeStates)[number];

/** What a browser may tell who visits a service that is not approved. It comes as a whole, so that asking for it shows no visit. */
export interface UseNotices {
  /** Changes with the content. */
  version: string;
  /** Where an employee asks for a tool; null: nowhere is named. */
  ask: string | null;
  groups: readonly NoticeGroup[];
}

/** Services of one category, with what is approved instead. */
export interface NoticeGroup {
  /** Names, three at most. */
  alternatives: readonly string[];
  /** `hosts`: patterns as in a host set. */
  services: readonly { id: string; name: string; state: NoticeState; hosts: readonly string[] }[];
}

const maxAlternatives = 3;

/** A lapsed approval is the office's delay and no prohibition. */
const states: Partial<Record<Verdict, NoticeState>> = {
  denied: 'denied',
  retired: 'denied',
  'in-review': 'pending',
  lapsed: 'pending',
};

/**
 * Notices on all services that people visit and that nothing in the register allows. Without a register nobody has said what is approved,
 * and there are none. `day`: today in the organisation's zone.
 */
export function useNotices(
  catalog: Catalog,
  entries: readonly InventoryEntry[],
  { day, ask }: { day: string; ask: string | undefined },
): UseNotices {
  const byService = new Map<string, InventoryEntry[]>();
  for (const entry of entries)
    for (const id of entry.services) {
      const list = byService.get(id) ?? [];
      byService.set(id, list);
      list.push(entry);
    }
  const known = new Set(hostSetOf(catalog).hosts);
  const groups = new Map<string, { alternatives: string[]; services: NoticeGroup['services'][number][] }>();
  for (const service of entries.length === 0 ? [] : catalog.services.values()) {
    const group = groups.get(service.category) ?? { alternatives: [], services: [] };
    groups.set(service.category, group);
    const { verdict } = decide(byService.get(service.id) ?? [], {
      accountKind: 'unknown',
      group: '',
      workspace: undefined,
      day,
    });
    if (allowing.has(verdict)) {
      group.alternatives.push(service.name);
      continue;
    }
    // A wider product is judged as a whole, not by its AI.
    if (service.embedded) continue;
    const hosts = patternsOf(catalog, service.id).filter((pattern) => known.has(pattern));
    if (hosts.length > 0)
      group.services.push({ id: service.id, name: service.name, state: states[verdict] ?? 'unapproved', hosts });
  }
  const kept = [...groups.values()]
    .filter(({ services }) => services.length > 0)
    .map(({ alternatives, services }) => ({ alternatives: alternatives.slice(0, maxAlternatives), services }));
  const body = { ask: ask ?? null, groups: kept };
  return { version: createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 16), ...body };
}

const patterns = new WeakMap<Catalog, Map<string, string[]>>();

function patternsOf(catalog: Catalog, service: string): readonly string[] {
  let all = patterns.get(catalog);
  if (all === undefined) {
    all = new Map();
    for (const rule of catalog.targetRules.filter(isVisited)) {
      const list = all.get(rule.service.id) ?? [];
      all.set(rule.service.id, list);
      if (!list.includes(visitedPattern(rule))) list.push(visitedPattern(rule));
    }
    patterns.set(catalog, all);
  }
  return all.get(service) ?? [];
}
