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

/** Lines with which most formats are ruled out. */
const firstLines = 8;
/** A format that goes by its share of lines and fits none of the first cannot fit more than 42 of 50. */
const surelyBest = 0.9;

type Claim = { format: string } & Detection;

/**
 * Asks every format; the highest confidence wins, among equals the first id. Those that see nothing of theirs in the first lines
 * are asked again only where nobody is sure: with many small files most of the time went into asking.
 */
export function detectFormat(formats: ReadonlyMap<string, Format>, sample: Sample): Detected {
  const [best, ...others] = quickly(formats, sample) ?? claimsOf(formats, sample);
  const runnersUp = others.map(({ format, confidence }) => ({ format, confidence }));
  if (best === undefined || best.confidence < trusted) {
    return {
      format: undefined,
      confidence: best?.confidence ?? 0,
      why: describeShape(sample),
      runnersUp: (best === undefined ? [] : [best, ...others]).map(({ format, confidence }) => ({
        format,
        confidence,
      })),
    };
  }
  return { format: best.format, confidence: best.confidence, why: best.why, runnersUp };
}

/** Best first. */
function claimsOf(formats: ReadonlyMap<string, Format>, sample: Sample): Claim[] {
  const claims: Claim[] = [];
  for (const [id, format] of formats) {
    const detection = format.detect(sample);
    if (detection !== undefined && detection.confidence > 0) claims.push({ format: id, ...detection });
  }
  return claims.sort((a, b) => b.confidence - a.confidence || (a.format < b.format ? -1 : 1));
}

/** What those say of the whole sample that see something in its first lines, where one of them is sure. */
function quickly(formats: ReadonlyMap<string, Format>, sample: Sample): Claim[] | undefined {
  if (sample.lines.length <= firstLines) return undefined;
  // Formats of JSON go by their share of what is JSON, be it few of the lines: then the first of them say nothing of the others.
  if (sample.json.length > 0 && sample.json.length < surelyBest * sample.lines.length) return undefined;
  const beginning = { ...sample, lines: sample.lines.slice(0, firstLines), json: sample.json.slice(0, firstLines) };
  const possible = new Map(
    claimsOf(formats, beginning).flatMap(({ format: id }) => {
      const format = formats.get(id);
      return format === undefined ? [] : [[id, format] as const];
    }),
  );
  const claims = claimsOf(possible, sample);
  return (claims[0]?.confidence ?? 0) >= surelyBest ? claims : undefined;
}

/** Share of the sample's lines for which `test` holds; 0 when there are none. */
export function share(lines: readonly string[], test: (line: string) => boolean): number {
  return lines.length === 0 ? 0 : lines.filter(test).length / lines.length;
}

/**
 * The first line for which `test` holds, and how far it can be trusted to be the header of the input: less where other records stand
 * before it, so that it never outdoes a format that is sure of those.
 */
export function headerLine(
  lines: readonly string[],
  test: (line: string) => boolean,
): { line: string; trust: number } | undefined {
  const at = lines.findIndex(test);
  const line = lines[at];
  if (line === undefined) return undefined;
  const first = at < firstLines || lines.slice(0, at).every((before) => before.startsWith('#'));
  return { line, trust: first ? 1 : 0.9 };
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
