import { signatureOf, type TargetRule } from '../../../catalog/compile.js';
import type { InventoryEntry } from '../../../core/register.js';
import { allowing, stateOf } from '../../../inventory/decide.js';
import { isTwoPerson } from '../../../inventory/two-person.js';
import { judge, Neighbours } from './judge.js';
import { reaches } from './reach.js';
import { type Standing, standingOf } from './standing.js';
import type { AllowedService, Block, BlockList, BlockListInput, Ground, LeftOut } from './types.js';

/** The list of a day. Pure, and the same for any order of the entries. */
export function blockListOf({ catalog, entries, ownDomains, day, twoPeople }: BlockListInput): BlockList {
  const standings = standingsOf(catalog, entries, day, twoPeople);
  const rules = new Map<string, TargetRule[]>();
  for (const rule of catalog.targetRules) {
    const own = rules.get(rule.service.id);
    if (own === undefined) rules.set(rule.service.id, [rule]);
    else own.push(rule);
  }
  const blocks = new Map<string, Block & { grounds: Ground[] }>();
  const leftOut: LeftOut[] = [];
  const denied: Ground[] = [];
  const neighbours = new Neighbours(catalog, standings);
  for (const service of [...catalog.services.values()].sort(byId)) {
    const standing = standings.get(service.id);
    if (standing?.kind === 'partly') {
      const ground = { service, denial: standing.denial };
      leftOut.push({
        ground,
        signature: '',
        reason: 'partly-decided',
        why: `${standing.why}: a list would block everybody`,
      });
    }
    if (standing?.kind === 'unconfirmed') {
      const ground = { service, denial: standing.denial };
      leftOut.push({
        ground,
        signature: '',
        reason: 'one-person',
        why: `${standing.why}: "halflight decide second" adds the second`,
      });
    }
    if (standing?.kind !== 'blocked') continue;
    const ground = { service, denial: standing.denial };
    denied.push(ground);
    const own = rules.get(service.id) ?? [];
    const made: Pick<Block, 'host' | 'reach'>[] = [];
    for (const rule of own.filter(({ path }) => path === undefined)) {
      const { block, left } = judge(rule, ownDomains, neighbours);
      if (block !== undefined) made.push(block);
      if (left !== undefined) leftOut.push({ ground, signature: signatureOf(rule), ...left });
    }
    for (const { host, reach } of made) {
      const key = `${host} ${reach}`;
      const block = blocks.get(key) ?? { host, reach, grounds: [] };
      if (!block.grounds.some((known) => known.service.id === service.id)) block.grounds.push(ground);
      blocks.set(key, block);
    }
    if (own.length === 0)
      leftOut.push({
        ground,
        signature: '',
        reason: 'no-hosts',
        why: 'the catalog knows no host of it: block its apps',
      });
  }
  for (const ground of denied)
    for (const { host, path } of rules.get(ground.service.id) ?? []) {
      // A path of a host that is blocked as a whole needs nothing more.
      const name = host.replace(/^\*\./, '');
      const whole = host.startsWith('*.') ? `x.${name}` : name;
      if (path === undefined || [...blocks.values()].some((block) => reaches(block.host, block.reach, whole))) continue;
      leftOut.push({
        ground,
        signature: `${host}${path}`,
        reason: 'part-of-a-host',
        why: `only this part of ${host} is the service: block the path at a proxy that reads TLS`,
      });
    }
  return {
    day,
    blocks: [...blocks.values()].sort((a, b) => byText(a.host, b.host) || byText(a.reach, b.reach)),
    leftOut: leftOut.sort(
      (a, b) => byText(a.ground.service.id, b.ground.service.id) || byText(a.signature, b.signature),
    ),
    denied,
    allowed: allowedOf(catalog, entries, day, twoPeople),
  };
}

function standingsOf(
  catalog: BlockListInput['catalog'],
  entries: BlockListInput['entries'],
  day: string,
  twoPeople: boolean | undefined,
): Map<string, Standing> {
  const naming = new Map<string, InventoryEntry[]>();
  for (const entry of entries)
    for (const service of new Set(entry.services)) naming.set(service, [...(naming.get(service) ?? []), entry]);
  return new Map(
    [...naming].flatMap(([id, own]) =>
      catalog.services.has(id) ? [[id, standingOf(own.toSorted(byId), day, twoPeople)] as const] : [],
    ),
  );
}

function allowedOf(
  catalog: BlockListInput['catalog'],
  entries: BlockListInput['entries'],
  day: string,
  twoPeople: boolean | undefined,
): AllowedService[] {
  return entries
    .filter((entry) => allowing.has(stateOf(entry, day).verdict))
    .flatMap((entry) =>
      [...new Set(entry.services)].flatMap((id) => {
        const service = catalog.services.get(id);
        return service === undefined ? [] : [{ service, entry, confirmed: twoPeople !== true || isTwoPerson(entry) }];
      }),
    )
    .sort((a, b) => byId(a.service, b.service) || byId(a.entry, b.entry));
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byId = (a: { id: string }, b: { id: string }): number => byText(a.id, b.id);
