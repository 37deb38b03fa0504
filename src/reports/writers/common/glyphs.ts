/**
 * The characters that a TrueType font has a glyph for, from its table `cmap` (OpenType 1.9, formats 4 and 12 of Unicode). A missing glyph is
 * drawn as an empty box, so whoever writes with the font has to know.
 * @throws Error where the file holds no such table.
 */
export function charactersOf(font: Uint8Array): ReadonlySet<number> {
  const view = new DataView(font.buffer, font.byteOffset, font.byteLength);
  const cmap = tableAt(view, 'cmap');
  const has = new Set<number>();
  let read = 0;
  for (let i = 0; i < view.getUint16(cmap + 2); i++) {
    const record = cmap + 4 + i * 8;
    const [platform, encoding] = [view.getUint16(record), view.getUint16(record + 2)];
    if (platform !== 0 && !(platform === 3 && (encoding === 1 || encoding === 10))) continue;
    const at = cmap + view.getUint32(record + 4);
    const format = view.getUint16(at);
    if (format === 4) segments(view, at, has);
    else if (format === 12) groups(view, at, has);
    else continue;
    read++;
  }
  if (read === 0) throw new Error('The font maps no characters of Unicode to glyphs.');
  return has;
}

function tableAt(view: DataView, name: string): number {
  for (let i = 0; i < view.getUint16(4); i++) {
    const record = 12 + i * 16;
    const tag = String.fromCharCode(...[0, 1, 2, 3].map((at) => view.getUint8(record + at)));
    if (tag === name) return view.getUint32(record + 8);
  }
  throw new Error(`The font has no table ${name}.`);
}

/** Format 4: segments of the first plane, with a shift or an array of glyphs each. */
function segments(view: DataView, at: number, has: Set<number>): void {
  const count = view.getUint16(at + 6) / 2;
  const [ends, starts] = [at + 14, at + 16 + count * 2];
  const [deltas, offsets] = [starts + count * 2, starts + count * 4];
  for (let i = 0; i < count; i++) {
    const [start, end] = [view.getUint16(starts + i * 2), view.getUint16(ends + i * 2)];
    const [delta, offset] = [view.getUint16(deltas + i * 2), view.getUint16(offsets + i * 2)];
    for (let code = start; code <= end && code < 0xffff; code++) {
      const raw = offset === 0 ? code : view.getUint16(offsets + i * 2 + offset + (code - start) * 2);
      if (raw !== 0 && ((raw + delta) & 0xffff) !== 0) has.add(code);
    }
  }
}

/** Format 12: groups of all planes. */
function groups(view: DataView, at: number, has: Set<number>): void {
  for (let i = 0; i < view.getUint32(at + 12); i++) {
    const group = at + 16 + i * 12;
    const [start, end, glyph] = [view.getUint32(group), view.getUint32(group + 4), view.getUint32(group + 8)];
    for (let code = start; code <= end; code++) if (glyph + code - start !== 0) has.add(code);
  }
}
