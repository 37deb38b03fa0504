import {
  blanks,
  type Check,
  type Judge,
  type KeyUse,
  type Layout,
  type Step,
  type TableLayout,
} from '../../core/layout.js';
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
  'not-last': 16,
  json: 17,
  rest: 18,
  pairs: 19,
  any: 20,
  clock: 21,
  ctime: 22,
} as const satisfies Record<Step['do'] | Check['do'], number>;

const keyUses = {
  any: 1,
  look: 2,
  host: 4,
  url: 5,
  path: 6,
  time: 8,
  text: 9,
  agent: 7,
  into: 10,
  'dotted-url': 11,
  scalar: 12,
} as const;

/** Class of a key for the kernel: what its value is, the kind of its tokens, the bit that it sets. */
export function keyClass(use: KeyUse, bit: number, kindOf: (judge: Judge) => number): number {
  const [what, kind] =
    typeof use === 'function'
      ? [keyUses.agent, kindOf(use)]
      : typeof use === 'object'
        ? [keyUses.scalar, kindOf(use.scalar)]
        : [keyUses[use], use === 'agent' ? agentKind : 0];
  return what | (kind << 8) | (bit << 16);
}

/** Numbers of the kernel for what stands between fields, the byte itself, and whether fields may be quoted. */
const tables = {
  blanks: [1, ' ', 0],
  'blanks, quotes': [2, ' ', 1],
  tabs: [3, '\t', 0],
  'tabs, quotes': [3, '\t', 1],
  'commas, quotes': [4, ',', 1],
} as const satisfies Record<TableLayout['by'], unknown>;

/** Writes the programs of a layout into the kernel's memory. @throws Error when they do not fit */
export function writeProgram(memory: Buffer, layout: Layout, kindOf: (judge: Judge) => number): void {
  memory.fill(0, PROGRAMS, PROGRAMS + programsSize);
  const count = 'rows' in layout ? layout.rows.length : layout.shapes.length;
  let free = PROGRAMS + 16 + ((count * 4 + 15) & ~15);
  const take = (size: number): number => {
    const at = free;
    free += (size + 15) & ~15;
    if (free > PROGRAMS + programsSize) throw new Error('src/scan/kernel: the layout is too large for its memory');
    return at;
  };
  const keep = (bytes: Buffer): number => {
    const at = take(bytes.length);
    bytes.copy(memory, at);
    return at;
  };
  const write = (at: number, words: readonly number[]): void => {
    for (const [i, word] of words.entries()) memory.writeUInt32LE(word >>> 0, at + i * 4);
  };
  if ('rows' in layout) {
    const [table, separator, quotes] = tables[layout.by];
    write(PROGRAMS, [count, table, byte(separator) | (quotes << 8)]);
    for (const [i, { min, max, checks }] of layout.rows.entries()) {
      const start = take(16 + checks.length * 32);
      write(PROGRAMS + 16 + i * 4, [start]);
      write(start, [min, max, checks.length]);
      for (const [j, check] of checks.entries()) {
        const [a = 0, b = 0, c = 0] = operandsOf(check, keep, kindOf);
        const next = (check.next === undefined ? 0 : byte(check.next)) | (check.quoted === true ? 256 : 0);
        write(start + 16 + j * 32, [steps[check.do], check.field, a, b, c, next]);
      }
    }
    return;
  }
  write(PROGRAMS, [count, 0]);
  for (const [i, shape] of layout.shapes.entries()) {
    const parts = shape.flatMap(pieces);
    const start = take(parts.length * 16);
    write(PROGRAMS + 16 + i * 4, [start]);
    for (const [j, step] of parts.entries())
      write(start + j * 16, [steps[step.do] | follower(step), ...operands(step, keep, kindOf)]);
  }
}

function operandsOf(check: Check, keep: (bytes: Buffer) => number, kindOf: (judge: Judge) => number): number[] {
  switch (check.do) {
    case 'word':
      return [0, kindOf(check.judge)];
    case 'agent':
      return [0, agentKind];
    case 'url':
      return [check.dotted === true ? 1 : 0, byte(check.not)];
    case 'path':
      return [0, byte(check.not)];
    case 'not-last':
      return [byte(check.text)];
    case 'clock':
      return [keep(ranges('00:00:00', '29:59:59'))];
    case 'ctime':
      return [keep(ranges('Aaa Aaa _0 00:00:00 2000', '___________29:59:59_____')), kindOf(check.judge)];
    case 'host':
    case 'any':
      return [];
    default:
      return operands(check, keep, kindOf);
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
    case 'json':
    case 'pairs':
      return [step.required];
    default:
      return [];
  }
}

/** Three rows of 32: lowest and highest byte, and another that will do. `highest`: digits that are less than 9. */
function ranges(pattern: string, highest = ''): Buffer {
  const rows = Buffer.alloc(96);
  rows.fill(255, 32, 64);
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] ?? '';
    const [low, high, other] =
      char === '0' ? '099' : char === '_' ? '09 ' : char === 'A' ? 'AZZ' : char === 'a' ? 'azz' : [char, char, char];
    const limit = highest[i] ?? '_';
    rows[i] = byte(low);
    rows[32 + i] = byte(/\d/.test(limit) ? limit : high);
    rows[64 + i] = byte(/\d/.test(limit) ? limit : other);
  }
  return rows;
}
