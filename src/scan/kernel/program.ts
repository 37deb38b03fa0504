import { blanks, type Judge, type KeyUse, type Layout, type Step } from '../../core/layout.js';
import { PROGRAMS, programsSize } from './memory.js';

/** Kinds of tokens; those of judges follow. */
export const hostKind = 1;
export const agentKind = 2;
export const keyKind = 3;
export const firstJudge = 4;

/** Numbers of the kernel. */
const steps = {
  number: 1,
  literal: 2,
  skip: 5,
  pattern: 6,
  word: 7,
  agent: 7,
  host: 8,
  url: 9,
  path: 10,
  end: 11,
  words: 12,
  capitals: 13,
  fields: 14,
  quoted: 15,
  'not-last': 16,
  json: 17,
  rest: 18,
  pairs: 19,
  tabbed: 20,
} as const satisfies Record<Step['do'], number>;

const keyUses = { any: 1, look: 2, host: 4, url: 5, path: 6, time: 8, text: 9, agent: 7 } as const;

/** Class of a key for the kernel: what its value is, the kind of its tokens, the bit that it sets. */
export function keyClass(use: KeyUse, bit: number, kindOf: (judge: Judge) => number): number {
  const [what, kind] =
    typeof use === 'function' ? [keyUses.agent, kindOf(use)] : [keyUses[use], use === 'agent' ? agentKind : 0];
  return what | (kind << 8) | (bit << 16);
}

/** Writes the programs of a layout into the kernel's memory. @throws Error when they do not fit */
export function writeProgram(memory: Buffer, layout: Layout, kindOf: (judge: Judge) => number): void {
  memory.fill(0, PROGRAMS, PROGRAMS + programsSize);
  let free = PROGRAMS + 16 + ((layout.shapes.length * 4 + 15) & ~15);
  const take = (size: number): number => {
    const at = free;
    free += (size + 15) & ~15;
    if (free > PROGRAMS + programsSize) throw new Error('src/scan/kernel: the layout is too large for its memory');
    return at;
  };
  memory.writeUInt32LE(layout.shapes.length, PROGRAMS);
  for (const [i, shape] of layout.shapes.entries()) {
    const parts = shape.flatMap(pieces);
    const start = take(parts.length * 16);
    memory.writeUInt32LE(start, PROGRAMS + 16 + i * 4);
    for (const [j, step] of parts.entries()) {
      const keep = (bytes: Buffer): number => {
        const at = take(bytes.length);
        bytes.copy(memory, at);
        return at;
      };
      const words = [steps[step.do] | follower(step), ...operands(step, keep, kindOf)];
      for (const [k, word] of words.entries()) memory.writeUInt32LE(word >>> 0, start + j * 16 + k * 4);
    }
  }
}

/** Long texts as several steps. */
function pieces(step: Step): Step[] {
  if (step.do !== 'literal' || step.text.length <= 16) return [step];
  const texts = step.text.match(/.{1,16}/gs) ?? [];
  return texts.map((text, i) => ({ ...(i === texts.length - 1 ? step : {}), do: 'literal', text }));
}

const follower = ({ next: what }: Step): number =>
  what === undefined ? 0 : what === blanks ? (32 << 8) | 0x10000 : byte(what) << 8;

const byte = (text: string | undefined): number => (text === undefined ? 10 : text.charCodeAt(0));

function operands(step: Step, keep: (bytes: Buffer) => number, kindOf: (judge: Judge) => number): number[] {
  switch (step.do) {
    case 'number':
      return [step.min, step.max, (step.dash === true ? 1 : 0) | (step.negative === true ? 2 : 0)];
    case 'literal':
      return [step.text.length, keep(Buffer.from(step.text.padEnd(16, '\0'), 'latin1'))];
    case 'not-last':
      return [byte(step.text)];
    case 'skip':
      return [byte(step.until), byte(step.not), step.last === true ? 1 : 0];
    case 'pattern':
      return [step.text.length, keep(ranges(step.text))];
    case 'word':
      return [byte(step.until), kindOf(step.judge), byte(step.not)];
    case 'agent':
      return [byte(step.until), agentKind, byte(step.not)];
    case 'host':
      return [byte(step.until)];
    case 'url':
      return [
        byte(step.until),
        byte(step.not),
        byte(step.not === '"' ? '\\' : step.not) | (step.dotted === true ? 256 : 0),
      ];
    case 'path':
      return [byte(step.until), byte(step.not), byte(step.not === '"' ? '\\' : step.not)];
    case 'words':
      return [step.most];
    case 'fields':
    case 'quoted':
    case 'tabbed':
      return [step.count];
    case 'json':
    case 'pairs':
      return [step.required];
    default:
      return [];
  }
}

/** Three rows of 32: lowest and highest byte, and another that will do. */
function ranges(pattern: string): Buffer {
  const rows = Buffer.alloc(96);
  rows.fill(255, 32, 64);
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] ?? '';
    const [low, high, other] =
      char === '0' ? '099' : char === '_' ? '09 ' : char === 'A' ? 'AZZ' : char === 'a' ? 'azz' : [char, char, char];
    rows[i] = byte(low);
    rows[32 + i] = byte(high);
    rows[64 + i] = byte(other);
  }
  return rows;
}
