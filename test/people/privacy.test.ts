import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Actor } from '../../src/core/usage.js';
import { mergeSmallGroups, otherGroup, pseudonym } from '../../src/people/privacy.js';

const jane: Actor = { kind: 'person', id: 'jane', group: 'Sales' };
const moved: Actor = { ...jane, group: 'Legal' };

describe('pseudonyms', () => {
  it('are stable under a key, and tell the kind and nothing else', () => {
    expect(pseudonym('key', jane)).toMatch(/^person-[a-z2-7]{8}$/);
    expect(pseudonym('key', jane)).toBe(pseudonym(Buffer.from('key'), moved));
    expect(pseudonym('key', { kind: 'cost-centre', id: '4711' })).toMatch(/^cost-centre-[a-z2-7]{8}$/);
    expect(pseudonym('key', { kind: 'unknown', id: '' })).toBe('unknown');
  });

  it('are the first 40 bits of HMAC-SHA-256 in base32, as another tool computes them', () => {
    // python3: base64.b32encode(hmac.new(b'key', b'person\0jane', hashlib.sha256).digest()[:5]).lower()
    expect(pseudonym('key', jane)).toBe('person-tgwe4j4m');
  });

  it('differ by key, by actor and by kind', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), fc.string(), (a, b, id) => {
        fc.pre(a !== b);
        // 40 bits: a chance meeting within these runs would be one in billions.
        expect(pseudonym(a, { kind: 'person', id })).not.toBe(pseudonym(b, { kind: 'person', id }));
        expect(pseudonym(a, { kind: 'person', id })).not.toBe(pseudonym(a, { kind: 'person', id: `${id}x` }));
        expect(pseudonym(a, { kind: 'user', id }).slice(5)).not.toBe(pseudonym(a, { kind: 'person', id }).slice(7));
      }),
      { seed: 20260101, numRuns: 300 },
    );
  });
});

describe('small groups', () => {
  const merge = (counts: Record<string, number>) => [...mergeSmallGroups(new Map(Object.entries(counts))).counts];

  it.each([
    [
      'large groups stay',
      { a: 5, b: 6 },
      [
        ['a', 5],
        ['b', 6],
      ],
    ],
    [
      'small groups become other',
      { a: 3, b: 4, c: 9 },
      [
        ['c', 9],
        ['other', 7],
      ],
    ],
    [
      'a single small group takes the next smallest with it',
      { a: 3, b: 9, c: 7 },
      [
        ['b', 9],
        ['other', 10],
      ],
    ],
    [
      'equal groups join in the order of their names',
      { a: 1, z: 5, c: 5 },
      [
        ['z', 5],
        ['other', 6],
      ],
    ],
    ['nothing is left to join', { a: 1, b: 2 }, [['other', 3]]],
    ['groups without people are left out', { a: 0, b: 5 }, [['b', 5]]],
    ['a real group of that name is part of it', { other: 8, a: 2, c: 6 }, [['other', 16]]],
    ['nobody at all', {}, []],
  ] as const)('%s', (_, counts, expected) => {
    expect(merge(counts)).toEqual(expected);
  });

  it('never show a group of fewer than five, and lose nobody', () => {
    const groups = fc.dictionary(fc.string(), fc.nat(12));
    fc.assert(
      fc.property(groups, fc.integer({ min: 1, max: 9 }), (record, threshold) => {
        const counts = new Map(Object.entries(record));
        const { counts: shown, shownAs } = mergeSmallGroups(counts, threshold);
        const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
        expect(sum(shown.values())).toBe(sum(counts.values()));
        for (const [group, people] of shown)
          if (group !== otherGroup || shown.size > 1) expect(people).toBeGreaterThanOrEqual(threshold);
        const regrouped = new Map<string, number>();
        for (const [group, people] of counts)
          if (people > 0) regrouped.set(shownAs(group), (regrouped.get(shownAs(group)) ?? 0) + people);
        expect(regrouped).toEqual(new Map(shown));
      }),
      { seed: 20260102, numRuns: 500 },
    );
  });
});
