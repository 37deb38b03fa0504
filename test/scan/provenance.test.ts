import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Provenance, provenances, weaker } from '../../src/core/provenance.js';
import type { Actor, Usage } from '../../src/core/usage.js';
import { mergeRollups, type RollupResult } from '../../src/scan/rollup.js';
import { ownCatalog, scanBytes, scanOptions } from '../helpers/scan.js';
import { usage } from '../store/helpers/results.js';

const actors: Actor[] = ['ann', 'bob'].map((id) => ({ kind: 'user', id, group: '' }));
const anyRow: fc.Arbitrary<Usage> = fc
  .record({
    actor: fc.constantFrom(...actors),
    provenance: fc.constantFrom(...provenances),
    strength: fc.constantFrom('visit' as const, 'transfer' as const),
    events: fc.nat(5),
    bytesOut: fc.nat(50),
  })
  .map((change) => usage(change));
const resultOf = (rows: readonly Usage[]): RollupResult => ({
  ...mergeRollups([], 'UTC'),
  usage: [...rows],
  hits: rows.length,
});
const keyOf = ({ actor, provenance, strength }: Usage): string => `${actor.id} ${strength} ${provenance}`;

it('rows of one actor that are worth different things are never added up, in any order of inputs', () => {
  fc.assert(
    fc.property(fc.array(fc.array(anyRow, { maxLength: 8 }), { minLength: 2, maxLength: 5 }), (inputs) => {
      const sums = new Map<string, [events: number, bytes: number]>();
      for (const one of inputs.flat()) {
        const [events, bytes] = sums.get(keyOf(one)) ?? [0, 0];
        sums.set(keyOf(one), [events + one.events, bytes + one.bytesOut]);
      }
      for (const order of [inputs, inputs.toReversed()]) {
        const merged = mergeRollups(order.map(resultOf), 'UTC').usage;
        expect(new Map(merged.map((one) => [keyOf(one), [one.events, one.bytesOut]]))).toEqual(sums);
        expect(merged).toHaveLength(sums.size);
      }
      const both = [inputs, inputs.toReversed()].map((order) =>
        mergeRollups(order.map(resultOf), 'UTC').usage.map(keyOf),
      );
      expect(both[0]).toEqual(both[1]);
    }),
    { seed: 20261126, numRuns: 300 },
  );
});

it('a stamp can only weaken what a source is worth', () => {
  for (const [i, source] of provenances.entries())
    for (const [j, stamp] of provenances.entries()) expect(weaker(source, stamp)).toBe(provenances[Math.min(i, j)]);
  expect(weaker('claimed', undefined)).toBe('claimed');
});

const rollup = (provenance: string): string =>
  'halflight_rollup,day,service,actor_kind,actor,account_kind,strength,confidence,events,attempts,bytes_out,bytes_in,first_seen,last_seen,provenance\n' +
  `1,2026-03-02,chatgpt,user,ann,unknown,visit,high,3,0,0,0,2026-03-02T08:00:00Z,2026-03-02T09:00:00Z,${provenance}\n`;

it.each<[string, Provenance, Provenance]>([
  ['claimed', 'observed', 'claimed'],
  ['observed', 'claimed', 'claimed'],
  ['', 'reported', 'reported'],
])('a roll-up that says %j from a source that is %s is %s', async (said, source, worth) => {
  const options = await scanOptions(ownCatalog(), { provenance: source });
  const result = await scanBytes('rollup.csv', Buffer.from(rollup(said)), options);
  expect(result.usage.map((one) => [one.provenance, one.events])).toEqual([[worth, 3]]);
  expect(result.evidence.map((one) => one.provenance)).toEqual([worth]);
});
