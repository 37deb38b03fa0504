import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Format, Sample } from '../../src/core/format.js';
import { detectFormat } from '../../src/formats/common/detect.js';
import { allFormats } from '../../src/formats/common/registry.js';
import { takeSample } from '../../src/formats/common/sample.js';

const root = join(import.meta.dirname, '../fixtures/formats');
const logs = readdirSync(root).flatMap((id) =>
  readdirSync(join(root, id))
    .filter((file) => /\.(log|csv|ndjson)$/.test(file))
    .map((file) => readFileSync(join(root, id, file), 'latin1').split('\n')),
);

/** Every format is asked about the whole sample, and the surest wins. */
function plainly(formats: ReadonlyMap<string, Format>, sample: Sample): string | undefined {
  let best: { id: string; confidence: number } | undefined;
  for (const [id, format] of formats) {
    const confidence = format.detect(sample)?.confidence ?? 0;
    if (confidence > (best?.confidence ?? 0) || (confidence === best?.confidence && id < best.id))
      best = { id, confidence };
  }
  return best !== undefined && best.confidence >= 0.5 ? best.id : undefined;
}

describe('detection', () => {
  it('finds what asking every format about every line finds, also where the first lines are of another', async () => {
    const formats = await allFormats();
    const log = fc.constantFrom(...logs);
    const mixed = fc.tuple(log, log, fc.integer({ min: 0, max: 7 }), fc.integer({ min: 1, max: 6 }));
    fc.assert(
      fc.property(mixed, ([first, second, before, times]) => {
        const lines = [...first.slice(0, before), ...Array.from({ length: times }, () => second).flat()];
        const sample = takeSample('input', Buffer.from(lines.join('\n'), 'latin1'), true);
        expect(detectFormat(formats, sample).format).toBe(plainly(formats, sample));
      }),
      { seed: 20261126, numRuns: 400 },
    );
  });
});
