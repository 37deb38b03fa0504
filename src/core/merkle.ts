import { createHash, hash as hashOf } from 'node:crypto';

// Merkle trees as Certificate Transparency has them (RFC 9162 section 2.1): a leaf is hashed behind 0x00, a node behind 0x01, and a
// tree of n leaves splits at the largest power of two below n. Size and root name all leaves and their order.

// Hashing in one call takes half the time of a hash object, and a text of it made into bytes two thirds of bytes at once; what is hashed
// is put together in one place. The tree writes such a text straight to where it is hashed next: half the time again.
const hash = (bytes: Uint8Array): Buffer => Buffer.from(hashOf('sha256', bytes, 'binary'), 'latin1');
const nodeBytes = Buffer.alloc(65, 0x01);
const leafBytes = Buffer.alloc(33, 0x00);

/** The hash of a leaf that holds these bytes. */
export function leafHash(bytes: Uint8Array): Buffer {
  if (bytes.length !== 32) return hash(Buffer.concat([Uint8Array.of(0x00), bytes]));
  leafBytes.set(bytes, 1);
  return hash(leafBytes);
}

/** The hash of a node over two. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  if (left.length !== 32 || right.length !== 32) return hash(Buffer.concat([Uint8Array.of(0x01), left, right]));
  nodeBytes.set(left, 1);
  nodeBytes.set(right, 33);
  return hash(nodeBytes);
}

/** The largest power of two below n; n > 1. */
function splitOf(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** Root of the tree without leaves. */
export const emptyRoot: Buffer = createHash('sha256').digest();

/** A tree that grows leaf by leaf and keeps only the roots of its full parts: some 50 hashes, whatever its size. */
export class MerkleTree {
  /** Roots of full subtrees, the largest first, 32 bytes each; sizes are those of the ones in the binary form of `size`. */
  readonly #parts = Buffer.alloc(54 * 32);
  #count = 0;
  #size = 0;

  /**
   * The tree of `size` leaves with these full parts, as `parts` gave them.
   * @throws RangeError where a tree of this size has another number of parts
   */
  static of(size: number, parts: readonly Uint8Array[]): MerkleTree {
    if (!Number.isSafeInteger(size) || size < 0 || parts.some((part) => part.length !== 32))
      throw new RangeError('no such tree');
    let ones = 0;
    for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2;
    if (ones !== parts.length) throw new RangeError('no such tree');
    const tree = new MerkleTree();
    for (const part of parts) tree.#parts.set(part, tree.#count++ * 32);
    tree.#size = size;
    return tree;
  }

  get size(): number {
    return this.#size;
  }

  /** Roots of its full parts, the largest first: with the size all that is needed to let it grow. */
  get parts(): Buffer[] {
    return Array.from({ length: this.#count }, (_, at) => Buffer.from(this.#parts.subarray(at * 32, at * 32 + 32)));
  }

  /** Adds a leaf by its hash (`leafHash`). @throws RangeError where that has not 32 bytes */
  add(leaf: Uint8Array): void {
    if (leaf.length !== 32) throw new RangeError('no hash of a leaf');
    nodeBytes.set(leaf, 33);
    this.#join();
  }

  /** Adds the leaf that holds the 32 bytes which these 64 hexadecimal digits say. @throws RangeError for other digits */
  addHex(digits: string): void {
    if (leafBytes.write(digits, 1, 'hex') !== 32 || digits.length !== 64) throw new RangeError('no 32 bytes');
    nodeBytes.write(hashOf('sha256', leafBytes, 'binary'), 33, 'latin1');
    this.#join();
  }

  /** Puts the leaf, whose hash stands in the right half of `nodeBytes`, behind the others. */
  #join(): void {
    for (let n = this.#size; n % 2 === 1; n = (n - 1) / 2) {
      this.#count--;
      nodeBytes.set(this.#parts.subarray(this.#count * 32, this.#count * 32 + 32), 1);
      nodeBytes.write(hashOf('sha256', nodeBytes, 'binary'), 33, 'latin1');
    }
    this.#parts.set(nodeBytes.subarray(33), this.#count * 32);
    this.#count++;
    this.#size++;
  }

  root(): Buffer {
    const parts = this.parts;
    let node = parts.pop();
    if (node === undefined) return emptyRoot;
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) node = nodeHash(part, node);
    return node;
  }
}

/** Root of the leaves' hashes. */
export function rootOf(leaves: readonly Uint8Array[]): Buffer {
  const tree = new MerkleTree();
  for (const leaf of leaves) tree.add(leaf);
  return tree.root();
}

/**
 * Proof that the leaf `index` stands in the tree of these leaves, from the leaf's side up (RFC 9162 section 2.1.3.1).
 * @throws RangeError for an index that is none
 */
export function inclusionProof(leaves: readonly Uint8Array[], index: number): Buffer[] {
  if (!Number.isSafeInteger(index) || index < 0 || index >= leaves.length) throw new RangeError('no such leaf');
  const proof: Buffer[] = [];
  let [from, to] = [0, leaves.length];
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    if (index < middle) {
      proof.push(rootOf(leaves.slice(middle, to)));
      to = middle;
    } else {
      proof.push(rootOf(leaves.slice(from, middle)));
      from = middle;
    }
  }
  return proof.reverse();
}

/** Whether the proof leads from the leaf's hash at `index` to the root of the tree of `size` leaves (RFC 9162 section 2.1.3.2). Never throws. */
export function isIncluded(
  { index, size, leaf, proof }: { index: number; size: number; leaf: Uint8Array; proof: readonly Uint8Array[] },
  root: Uint8Array,
): boolean {
  if (![index, size].every(Number.isSafeInteger) || index < 0 || index >= size) return false;
  // Numbers here may have more than 32 bits.
  const half = (n: number): number => Math.floor(n / 2);
  let [fn, sn] = [index, size - 1];
  let node: Uint8Array = leaf;
  for (const part of proof) {
    if (sn === 0 || part.length !== 32) return false;
    if (fn % 2 === 1 || fn === sn) {
      node = nodeHash(part, node);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else node = nodeHash(node, part);
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && Buffer.from(node).equals(root);
}
