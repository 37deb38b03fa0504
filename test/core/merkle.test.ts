import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyRoot, inclusionProof, isIncluded, leafHash, MerkleTree, rootOf } from '../../src/core/merkle.js';

// The leaves and roots of the tests of Certificate Transparency (github.com/google/certificate-transparency, merkle_tree_test).
const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(
  (hex) => leafHash(Buffer.from(hex, 'hex')),
);
const roots: Record<number, string> = {
  0: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  1: '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  2: 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  3: 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  8: '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
};

/** The root by the definition of RFC 9162, word by word. */
function plainRoot(items: readonly Buffer[]): Buffer {
  const [only] = items;
  if (only === undefined) return createHash('sha256').digest();
  if (items.length === 1) return only;
  const k = 2 ** (Math.ceil(Math.log2(items.length)) - 1);
  return createHash('sha256')
    .update(Buffer.concat([Uint8Array.of(1), plainRoot(items.slice(0, k)), plainRoot(items.slice(k))]))
    .digest();
}

describe('Merkle trees', () => {
  it('have the roots that Certificate Transparency has', () => {
    for (const [size, root] of Object.entries(roots))
      expect(rootOf(leaves.slice(0, Number(size))).toString('hex')).toBe(root);
    expect(emptyRoot.toString('hex')).toBe(roots[0]);
  });

  it('grow leaf by leaf to the same roots, and prove every leaf in its place and in no other', () => {
    const many = Array.from({ length: 70 }, (_, i) => leafHash(Buffer.from(String(i))));
    const tree = new MerkleTree();
    for (const [i, leaf] of many.entries()) {
      tree.add(leaf);
      expect(tree.root().equals(plainRoot(many.slice(0, i + 1)))).toBe(true);
    }
    for (let size = 1; size <= many.length; size++) {
      const root = rootOf(many.slice(0, size));
      for (let index = 0; index < size; index++) {
        const leaf = many[index] ?? emptyRoot;
        const proof = inclusionProof(many.slice(0, size), index);
        expect(isIncluded({ index, size, leaf, proof }, root)).toBe(true);
        expect(isIncluded({ index: (index + 1) % size, size, leaf, proof }, root)).toBe(size === 1);
        expect(isIncluded({ index, size, leaf, proof: [...proof, root] }, root)).toBe(false);
      }
    }
  });

  it('no proof with a bit changed leads to the root', () => {
    const many = Array.from({ length: 33 }, (_, i) => leafHash(Buffer.from(String(i))));
    const root = rootOf(many);
    fc.assert(
      fc.property(fc.nat(32), fc.nat(1000), fc.nat(255), (index, part, bit) => {
        const proof = inclusionProof(many, index);
        const changed = proof[part % proof.length];
        if (changed === undefined) return;
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(isIncluded({ index, size: 33, leaf: many[index] ?? root, proof }, root)).toBe(false);
      }),
      { seed: 63, numRuns: 2000 },
    );
  });
});
