import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LeaseNote } from '../../src/core/lease.js';
import { Directory } from '../../src/people/directory.js';
import { LeaseBook } from '../../src/people/leases/book.js';
import { endLeases, joinLeases, type Lease } from '../../src/people/leases/lease.js';
import { covers, LeaseLookup } from '../../src/people/leases/lookup.js';
import { packLeases } from '../../src/people/leases/pack.js';
import { readPeople } from '../../src/people/read-people.js';

const hour = 3_600_000;
const people = readPeople(
  `id,email,name,group,aliases
jane,jane@acme.example,Jane,Sales,ACME\\jdoe;device:lt-1;address:10.0.0.9
max,max@acme.example,Max,Legal,device:aa:bb:cc:00:00:02;device:lt-2
`,
  'people.csv',
).people;

function directoryOf(...notes: LeaseNote[]): Directory {
  const book = new LeaseBook();
  for (const note of notes) book.add(note);
  return new Directory(people, 'people.csv', new LeaseLookup(packLeases(book.close()?.leases ?? [])));
}
const at = (hours: number): number => Date.UTC(2026, 10, 22) + hours * hour;
const who = (directory: Directory, src_ip: string, time: number | undefined): string => {
  const { kind, id } = directory.resolve({ src_ip, ...(time !== undefined && { time }) });
  return `${kind} ${id}`;
};

describe('an address is whoever had it at the time', () => {
  const directory = directoryOf(
    { address: '10.0.0.5', at: at(8), until: at(12), device: 'LT-1.acme.example' },
    { address: '10.0.0.5', at: at(10), until: at(14), device: 'LT-1.acme.example' },
    { address: '10.0.0.5', at: at(11), until: at(15), mac: 'AABBCC000002' },
    { address: '2001:DB8::7', at: at(8), until: at(12), user: 'ACME\\jdoe' },
    { address: '10.0.0.9', at: at(8), until: at(12), device: 'guest-phone' },
  );

  it('by device, by hardware address, by user', () => {
    expect(who(directory, '10.0.0.5', at(8.5))).toBe('person jane');
    expect(who(directory, '10.0.0.5', at(10.9))).toBe('person jane');
    expect(who(directory, '10.0.0.5', at(11.1))).toBe('person max');
    expect(who(directory, '2001:db8:0::7', at(9))).toBe('person jane');
    expect(directory.resolve({ user: '10.0.0.5', time: at(9) })).toMatchObject({ id: 'jane' });
  });

  it('and nobody before, behind, and without a time', () => {
    for (const time of [at(7.9), at(15), undefined]) expect(who(directory, '10.0.0.5', time)).toBe('address 10.0.0.5');
    expect(who(directory, '10.0.0.6', at(9))).toBe('address 10.0.0.6');
  });

  it('and a lease goes before an alias of the address, also where its device is unknown', () => {
    expect(who(directory, '10.0.0.9', at(9))).toBe('device guest-phone');
    expect(who(directory, '10.0.0.9', at(13))).toBe('person jane');
  });

  it('a user or a device of the record goes before', () => {
    expect(directory.resolve({ device: 'lt-2', src_ip: '10.0.0.5', time: at(9) })).toMatchObject({ id: 'max' });
  });

  it('two who have it at the same time are nobody, unless both are one person', () => {
    const both = directoryOf(
      { address: '10.0.0.5', at: at(8), until: at(12), device: 'lt-1' },
      { address: '10.0.0.5', at: at(9), until: at(12), device: 'lt-2' },
      { address: '10.0.0.5', at: at(10), until: at(12), device: 'lt-1' },
      { address: '10.0.0.6', at: at(8), until: at(12), device: 'lt-1' },
      { address: '10.0.0.6', at: at(8), until: at(12), user: 'jane@acme.example' },
    );
    expect(who(both, '10.0.0.5', at(9.5))).toBe('address 10.0.0.5');
    expect(who(both, '10.0.0.6', at(9.5))).toBe('person jane');
  });

  it('an end that was logged ends it, also one that names nobody', () => {
    const ended = directoryOf(
      { address: '10.0.0.5', at: at(8), until: at(12), device: 'lt-1' },
      { address: '10.0.0.5', at: at(9), ended: true, device: 'lt-2' },
      { address: '10.0.0.5', at: at(10), ended: true },
      { address: '10.0.0.5', at: at(11), until: at(12), device: 'lt-1' },
    );
    expect([8.5, 9.5, 10.5, 11.5].map((hours) => who(ended, '10.0.0.5', at(hours)))).toEqual([
      'person jane',
      'person jane',
      'address 10.0.0.5',
      'person jane',
    ]);
  });

  it('a sum of another engine is of a person only if the address was theirs from its first to its last event', () => {
    const rollup = (last: number) =>
      ({ service: 's', accountKind: 'unknown', strength: 'visit', confidence: 'high', count: 2, last }) as const;
    expect(directory.resolve({ src_ip: '10.0.0.5', time: at(8), rollup: rollup(at(10)) })).toMatchObject({
      id: 'jane',
    });
    expect(directory.resolve({ src_ip: '10.0.0.5', time: at(8), rollup: rollup(at(12)) })).toMatchObject({
      kind: 'address',
    });
    expect(directory.resolve({ src_ip: '10.0.0.5', time: at(7), rollup: rollup(at(8)) })).toMatchObject({
      kind: 'address',
    });
  });

  it('other leases count from when they are given', () => {
    const own = new Directory(people);
    expect(who(own, '10.0.0.5', at(9))).toBe('address 10.0.0.5');
    const book = new LeaseBook();
    book.add({ address: '10.0.0.5', at: at(8), device: 'lt-2' });
    own.use(new LeaseLookup(packLeases(book.close()?.leases ?? [])));
    expect(who(own, '10.0.0.5', at(9))).toBe('person max');
  });
});

const address = fc.constantFrom('10.0.0.1', '10.0.0.2', '2001:db8::1');
const lease: fc.Arbitrary<Lease> = fc
  .record({
    address,
    from: fc.nat(40),
    renewed: fc.nat(6),
    run: fc.integer({ min: 1, max: 8 }),
    ended: fc.boolean(),
    device: fc.constantFrom('a', 'b', 'c'),
  })
  .map(({ from, renewed, run, ...rest }) => ({
    ...rest,
    from: from * 1000,
    seen: (from + renewed) * 1000,
    to: (from + renewed + run) * 1000,
    user: '',
    mac: '',
  }));

describe('whatever the leases', () => {
  it('the fast look-up says what looking at all of them says', () => {
    fc.assert(
      fc.property(fc.array(lease, { maxLength: 12 }), address, fc.nat(60), fc.nat(5), (all, asked, from, length) => {
        const lookup = new LeaseLookup(packLeases(all));
        const number = lookup.find(asked);
        const [first, until] = [from * 1000, (from + length) * 1000];
        const plain = all
          .filter((one) => one.address === asked)
          .map((one) => {
            const next = all.filter(
              (other) =>
                other.address === asked && other.device !== one.device && other.from > one.seen && other.from < one.to,
            );
            return {
              holder: one.device,
              from: one.from / 1000,
              to: Math.min(one.to, ...next.map((other) => other.from)) / 1000,
            };
          })
          .filter((one) => one.to > from && one.from <= from + length);
        const order = (list: { holder: string }[]): string[] =>
          list.map((one) => JSON.stringify(one)).sort((a, b) => (a < b ? -1 : 1));
        const found = number < 0 ? [] : lookup.during(number, first, until);
        expect(order((found ?? []).map((one) => ({ ...one, holder: lookup.holder(one.holder).device })))).toEqual(
          order(plain),
        );
      }),
      { seed: 20261126, numRuns: 2000 },
    );
  });

  it('joined twice is joined once, in any order, and says the same of every time', () => {
    fc.assert(
      fc.property(fc.array(lease, { maxLength: 10 }), (all) => {
        const once = joinLeases(all);
        expect(joinLeases(once)).toEqual(once);
        const key = (list: readonly Lease[]) => list.map((one) => JSON.stringify(one)).sort();
        expect(key(joinLeases(all.toReversed()))).toEqual(key(once));
        expect(key(joinLeases([...once, ...all]))).toEqual(key(once));
      }),
      { seed: 20261126, numRuns: 2000 },
    );
  });

  it('ends are used once, and twice is once', () => {
    fc.assert(
      fc.property(
        fc.array(lease, { maxLength: 6 }),
        fc.array(fc.record({ address, at: fc.nat(50) }), { maxLength: 3 }),
        (all, when) => {
          const ends = when.map((end) => ({ address: end.address, at: end.at * 1000, user: '', device: '', mac: '' }));
          const once = joinLeases(all);
          endLeases(once, ends);
          const twice = once.map((one) => ({ ...one }));
          endLeases(twice, ends);
          expect(twice).toEqual(once);
          for (const one of once) expect(one.to).toBeGreaterThanOrEqual(one.seen);
        },
      ),
      { seed: 20261126, numRuns: 1000 },
    );
  });

  it('a time is covered only without a gap', () => {
    expect(
      covers(
        [
          { from: 5, to: 9 },
          { from: 0, to: 5 },
        ],
        0,
        8999,
      ),
    ).toBe(true);
    expect(
      covers(
        [
          { from: 6, to: 9 },
          { from: 0, to: 5 },
        ],
        0,
        8000,
      ),
    ).toBe(false);
    expect(covers([], 0, 0)).toBe(false);
  });
});

it('300,000 leases of 100,000 devices take 30 MB at most, and an address with 100,000 at once is nobody', () => {
  const many = Array.from({ length: 300_000 }, (_, i): Lease => {
    const device = i % 100_000;
    const from = at(Math.floor(i / 100_000) * 24);
    return {
      address: `10.${device >> 16}.${(device >> 8) & 255}.${device & 255}`,
      from,
      seen: from + 8 * hour,
      to: from + 20 * hour,
      ended: false,
      user: '',
      device: `laptop-${device}.acme.example`,
      mac: `aa:bb:cc:${[device >> 16, (device >> 8) & 255, device & 255].map((byte) => byte.toString(16).padStart(2, '0')).join(':')}`,
    };
  });
  const buffer = packLeases(many);
  expect(buffer.byteLength).toBeLessThan(30e6);
  const lookup = new LeaseLookup(buffer);
  expect(lookup.holder(lookup.during(lookup.find('10.1.2.3'), at(25), at(25))?.[0]?.holder ?? -1).device).toBe(
    'laptop-66051.acme.example',
  );
  const crowd = Array.from(
    { length: 100_000 },
    (_, i): Lease => ({ ...(many[0] as Lease), device: `d${i}`, from: at(0) + i, seen: at(0) + i, to: at(50) }),
  );
  const crowded = new LeaseLookup(
    packLeases([{ ...(many[0] as Lease), seen: at(49) }, ...crowd.map((one) => ({ ...one, seen: at(50) }))]),
  );
  expect(crowded.during(crowded.find('10.0.0.0'), at(40), at(40))).toBeUndefined();
});
