/** A canonical address as four words of 32 bits; IPv4 as IPv4-mapped. Undefined where it is none. */
export function bytesOfIp(address: string): [number, number, number, number] | undefined {
  const v4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address);
  if (v4 !== null) {
    const [a, b, c, d] = [Number(v4[1]), Number(v4[2]), Number(v4[3]), Number(v4[4])];
    if (a > 255 || b > 255 || c > 255 || d > 255) return undefined;
    return [0, 0, 0xffff, ((a << 24) | (b << 16) | (c << 8) | d) >>> 0];
  }
  const [head = '', tail, ...more] = address.split('::');
  if (more.length > 0 || address.length > 39) return undefined;
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const [front, back] = [groups(head), groups(tail ?? '')];
  const missing = 8 - front.length - back.length;
  if (tail === undefined ? missing !== 0 : missing < 0) return undefined;
  const all = [...front, ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...back];
  const values: number[] = [];
  for (const group of all) {
    if (!/^[\da-f]{1,4}$/.test(group)) return undefined;
    values.push(Number.parseInt(group, 16));
  }
  const word = (i: number): number => (((values[i] ?? 0) << 16) | (values[i + 1] ?? 0)) >>> 0;
  return [word(0), word(2), word(4), word(6)];
}
