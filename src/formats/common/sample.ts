import { decodeText } from '../../core/decode.js';
import type { Sample } from '../../core/format.js';
import { createFramer } from '../../core/framing.js';
import { type JsonObject, parseObject } from '../../core/json.js';

const sampleLines = 50;

/** Builds the sample that detection looks at. `head`: the first decompressed bytes; `whole`: the input ends with them. */
export function takeSample(name: string, head: Buffer, whole: boolean): Sample {
  // Cut at a line end, not within a character: that would make the whole look like Windows-1252.
  const lastLine = head.lastIndexOf(10) + 1;
  const text = decodeText(head, 0, whole || lastLine === 0 ? head.length : lastLine);
  const lines: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() !== '') lines.push(line);
    if (lines.length === sampleLines) break;
  }
  const json: JsonObject[] = [];
  if (/^\s*[[{]/.test(text) || lines.some((line) => line.endsWith('}'))) {
    const framer = createFramer('json', head, (bytes, start, end, _line, tooLong) => {
      if (json.length >= sampleLines || tooLong) return;
      const record = decodeText(bytes, start, end);
      const value = parseObject(record) ?? parseObject(record.slice(Math.max(0, record.indexOf('{'))));
      if (value !== undefined) json.push(value);
    });
    framer.push(head);
    if (whole) framer.end();
  }
  return { name: name.toLowerCase(), text, lines, json };
}
