import type { Detection, Format, Sample } from '../../core/format.js';

/** What was detected: `format` is undefined when nothing fits. `runnersUp`: other candidates, best first. */
export interface Detected {
  format: string | undefined;
  confidence: number;
  why: string;
  runnersUp: readonly { format: string; confidence: number }[];
}

/** Below this a guess is not trusted. */
const trusted = 0.5;

/** Asks every format; the highest confidence wins, among equals the first id. */
export function detectFormat(formats: ReadonlyMap<string, Format>, sample: Sample): Detected {
  const claims: ({ format: string } & Detection)[] = [];
  for (const [id, format] of formats) {
    const detection = format.detect(sample);
    if (detection !== undefined && detection.confidence > 0) claims.push({ format: id, ...detection });
  }
  claims.sort((a, b) => b.confidence - a.confidence || (a.format < b.format ? -1 : 1));
  const [best, ...others] = claims;
  const runnersUp = others.map(({ format, confidence }) => ({ format, confidence }));
  if (best === undefined || best.confidence < trusted) {
    return {
      format: undefined,
      confidence: best?.confidence ?? 0,
      why: describeShape(sample),
      runnersUp: claims.map(({ format, confidence }) => ({ format, confidence })),
    };
  }
  return { format: best.format, confidence: best.confidence, why: best.why, runnersUp };
}

/** Share of the sample's lines for which `test` holds; 0 when there are none. */
export function share(lines: readonly string[], test: (line: string) => boolean): number {
  return lines.length === 0 ? 0 : lines.filter(test).length / lines.length;
}

/** The shape of the first line, without its content: letters become a, digits 9, so that a report can show it. */
function describeShape(sample: Sample): string {
  const [first] = sample.lines;
  if (first === undefined) return 'the file is empty or blank';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells binary data
  if (/[\u0000-\u0008\u000e-\u001a]/.test(sample.text.slice(0, 4096))) return 'the file holds binary data';
  const shape = first
    .slice(0, 120)
    .replace(/\p{L}+/gu, 'a')
    .replace(/\d+/g, '9');
  return `no known format; the first line looks like: ${shape}`;
}
