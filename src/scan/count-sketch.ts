const width = 1 << 16;
const depth = 4;

/**
 * Counts of texts without the texts: a count-min sketch (Cormode and Muthukrishnan, 2005) of 1 MiB, whatever it is given. A text
 * shares its counters with others, so what chance alone would put there is taken off again.
 */
export class CountSketch {
  readonly #counters = new Uint32Array(width * depth);
  #total = 0;

  /** Counts a text `times` more and says how often it was counted, as near as can be told: seldom too much, and too little for rare ones. */
  add(text: string, times: number): number {
    // FNV-1a, and an odd number mixed from it; the two give a place in each row (Kirsch and Mitzenmacher, 2006).
    let hash = 0x811c_9dc5 | 0;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x0100_0193);
    let step = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b | 0);
    step = Math.imul(step ^ (step >>> 13), 0xc2b2_ae35 | 0);
    step = (step ^ (step >>> 16)) | 1;
    let least = 0xffff_ffff;
    for (let row = 0; row < depth; row++) {
      const at = row * width + ((hash ^ (hash >>> 16)) & (width - 1));
      const count = Math.min(0xffff_ffff, (this.#counters[at] ?? 0) + times);
      this.#counters[at] = count;
      if (count < least) least = count;
      hash = (hash + step) | 0;
    }
    this.#total += times;
    return least - Math.floor((this.#total - least) / width);
  }
}
