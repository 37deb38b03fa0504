import { decodeText } from '../../core/decode.js';
import type { Sample } from '../../core/format.js';
import { createFramer } from '../../core/framing.js';
import { type JsonObject, parseObject } from '../../core/json.js';

const sampleLines = 50;

/** Builds the sample that detection looks at. `head`: the first decompressed bytes; `whole`: the input ends with them. */
export function takeSample(name: string, head: Buffer, whole: boolean): Sample {
  const text = decodeText(head);
  const cut = whole ? text : text.slice(0, text.lastIndexOf('\n') + 1) || text;
  const lines: string[] = [];
  for (const line of cut.split(/\r?\n/)) {
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
  return { name: name.toLowerCase(), text: cut, lines, json };
}
