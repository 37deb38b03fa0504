import type { Content } from './content.js';

const block = 1 << 16;
const zeros = Buffer.alloc(block);

/** Where a hole begins in `[from, to)`: a whole block of zeros. `undefined`: there is none. */
export async function startOfHole(content: Content, from: number, to: number): Promise<number | undefined> {
  if ((await allZero(content, from)) === true) return from;
  let at = from;
  for await (const bytes of content.bytes(from, to)) {
    for (let i = 0; i < bytes.length; i += block) {
      const part = bytes.subarray(i, i + block);
      if (part.length !== block || !part.equals(zeros)) continue;
      // The zeros begin somewhere in the block before.
      return await trimZeros(content, from, at + i);
    }
    at += bytes.length;
  }
  return undefined;
}

/**
 * Where data go on behind a hole that begins at `from`: found by halving, not by reading, so that a terabyte costs some forty
 * looks. Of several holes all up to the last are passed over.
 */
export async function endOfHole(content: Content, from: number, to: number): Promise<number> {
  let [low, high] = [from, to];
  while (high - low > block) {
    const middle = low + Math.floor((high - low) / 2);
    if (await allZero(content, middle)) low = middle;
    else high = middle;
  }
  const rest: Buffer[] = [];
  for await (const bytes of content.bytes(low, Math.min(to, high + block))) rest.push(bytes);
  const first = Buffer.concat(rest).findIndex((byte) => byte !== 0);
  return first < 0 ? to : low + first;
}

/** Whether the block at `at` (what the file has of it) is all zeros. */
async function allZero(content: Content, at: number): Promise<boolean> {
  for await (const bytes of content.bytes(at, at + block))
    if (!bytes.equals(zeros.subarray(0, bytes.length))) return false;
  return true;
}

async function trimZeros(content: Content, from: number, end: number): Promise<number> {
  const start = Math.max(from, end - block);
  const parts: Buffer[] = [];
  for await (const bytes of content.bytes(start, end)) parts.push(bytes);
  const before = Buffer.concat(parts);
  let length = before.length;
  while (length > 0 && before[length - 1] === 0) length--;
  return start + length;
}
