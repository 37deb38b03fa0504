import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Framing } from '../../src/core/format.js';
import { createFramer, isJsonDocument, maxRecordBytes } from '../../src/core/framing.js';

const seed = 20261122;
type Record = [text: string, line: number, tooLong?: true];

function frame(framing: Framing, input: Buffer, cuts: readonly number[] = []): { records: Record[]; lines: number } {
  const records: Record[] = [];
  const framer = createFramer(framing, input.subarray(0, 65536), (bytes, start, end, line, tooLong) => {
    const text = bytes.toString('latin1', start, end);
    records.push(tooLong ? [text, line, true] : [text, line]);
  });
  let from = 0;
  for (const cut of [...cuts, input.length]) {
    // A chunk that is used again afterwards: the framer must not keep a reference to it.
    const chunk = Buffer.from(input.subarray(from, cut));
    framer.push(chunk);
    chunk.fill(88);
    from = cut;
  }
  framer.end();
  return { records, lines: framer.lines };
}
const texts = (framing: Framing, text: string): Record[] => frame(framing, Buffer.from(text, 'latin1')).records;

const inputs: [Framing, string][] = [
  ['lines', 'a\r\n\nbb\r\n\r\nc\rd\n'],
  ['lines', 'no newline at the end\r'],
  ['lines', '\n\n\n'],
  ['csv', 'h1,h2\r\n"two\r\nlines, ""and""\nmore",x\n1, "a\nb" ,3\nsay "hi",2\n'],
  ['csv', 'a;"x\ny";b\na\t"q\n"\n'],
  ['csv', 'a,"never closed\nb,c\nd,e'],
  ['json', '{"a":1}\n{"a":"}"}\nno json\n{"a":{"b":[{}]}}'],
  ['json', '[{"a":"\\"]}"},\n {"b":[{"c":1}]}\n,{}]\n'],
  ['json', '{"@odata":"x","value":[\n{"a":1},{"value":[{"x":1}]}\n],"next":{"y":1}}\n'],
  ['json', '{"value":[]}'],
  ['json', '{\n  "a": {"records": 1},\n  "records": [1, 2]\n}\n{\n "b": 2\n}\n'],
  ['json', '[\n]'],
  ['json', '[\n {"a":"torn\n },\n {"b":"x"},\n {"c":"torn},\n {"d":[\n {"e":1}]}]'],
  [
    'json',
    '{"stat":"OK","response":{"authlogs":[{"a":1},\n{"b":2}],"metadata":{"total":[{}]}}}\n{"data":{"value":[{}]}}',
  ],
];

describe('the result does not depend on the chunks', () => {
  it.each(inputs)('%s %j at every cut', (framing, text) => {
    const input = Buffer.from(text, 'latin1');
    const whole = frame(framing, input);
    for (let cut = 0; cut <= input.length; cut++) expect(frame(framing, input, [cut])).toEqual(whole);
    for (let size = 1; size <= 3; size++) {
      const cuts = Array.from({ length: Math.ceil(input.length / size) }, (_, i) => i * size);
      expect(frame(framing, input, cuts)).toEqual(whole);
    }
  });

  it('whatever the bytes', () => {
    const piece = fc.oneof(
      fc.constantFrom('"', '""', '\n', '\r\n', ',', ' "', '{', '}', '[', ']', '"value":[', '\\', '\\"', 'a'),
      fc.string({ maxLength: 3 }),
    );
    const text = fc.array(piece, { maxLength: 40 }).map((pieces) => Buffer.from(pieces.join('')));
    fc.assert(
      fc.property(
        text,
        fc.constantFrom<Framing>('lines', 'csv', 'json'),
        fc.array(fc.nat(200), { maxLength: 5 }),
        (input, framing, at) => {
          const cuts = at.map((n) => Math.min(n, input.length)).sort((a, b) => a - b);
          const whole = frame(framing, input);
          expect(frame(framing, input, cuts)).toEqual(whole);
          expect(whole.lines).toBe(
            input.toString().split('\n').length - (input.length === 0 || input.at(-1) === 10 ? 1 : 0),
          );
          for (const [, line] of whole.records) expect(line).toBeLessThanOrEqual(Math.max(whole.lines, 1));
        },
      ),
      { seed, numRuns: 4000 },
    );
  });

  it('lines around the limit of 1 MiB', () => {
    for (const length of [maxRecordBytes - 1, maxRecordBytes, maxRecordBytes + 1, maxRecordBytes + 2]) {
      for (const end of ['\n', '\r\n', '']) {
        const input = Buffer.concat([
          Buffer.from('first\n'),
          Buffer.alloc(length, 97),
          Buffer.from(`${end}${end && 'last\n'}`),
        ]);
        const whole = frame('lines', input);
        expect(whole.records[1]?.[0].length).toBe(Math.min(length, maxRecordBytes));
        expect(whole.records[1]?.[2]).toBe(length > maxRecordBytes ? true : undefined);
        for (const cuts of [[3], [7], [1000, maxRecordBytes + 6], [maxRecordBytes + 7]])
          expect(
            frame(
              'lines',
              input,
              cuts.filter((cut) => cut < input.length),
            ),
          ).toEqual(whole);
      }
    }
  });
});

describe('records', () => {
  it('lines keep a lone CR inside and lose one at the end', () => {
    expect(texts('lines', 'a\r\n\nb\rc\nd')).toEqual([
      ['a', 1],
      ['', 2],
      ['b\rc', 3],
      ['d', 4],
    ]);
  });

  it('csv joins quoted lines; a quote that never closes costs its own line only', () => {
    expect(texts('csv', 'h\n"a\nb",1\nx "y,2\n')).toEqual([
      ['h', 1],
      ['"a\nb",1', 2],
      ['x "y,2', 4],
    ]);
    const open = `a,"open\n${'b,c\n'.repeat(500)}`;
    const records = texts('csv', open);
    expect(records).toHaveLength(501);
    expect(records[0]).toEqual(['a,"open', 1]);
    expect(records[500]).toEqual(['b,c', 501]);
  });

  it('a csv line costs no look at the rest of the chunk', () => {
    const input = Buffer.from('a,b,c\n'.repeat(700_000));
    const start = performance.now();
    expect(frame('csv', input).records).toHaveLength(700_000);
    expect(performance.now() - start).toBeLessThan(6000);
  });

  it('json elements of arrays and wrappers, with the line on which they begin', () => {
    expect(texts('json', '[{"a":1},\n{"b":"]"}]')).toEqual([
      ['{"a":1}', 1],
      ['{"b":"]"}', 2],
    ]);
    expect(
      texts('json', '{"x":{"y":1},"Records":[{"a":1},\n{"b":[{}]}],"z":{"records":[{}]}}\n{"value":[{"c":1}]}'),
    ).toEqual([
      ['{"a":1}', 1],
      ['{"b":[{}]}', 2],
      ['{"c":1}', 3],
    ]);
    expect(texts('json', '{\n"value":["a",{"b":1}]}')).toEqual([['{\n"value":["a",{"b":1}]}', 1]]);
    expect(texts('json', '{\n"a":1\n}\n{\n"b":2\n}')).toEqual([
      ['{\n"a":1\n}', 1],
      ['{\n"b":2\n}', 4],
    ]);
    expect(texts('json', '{"a":1}\n{broken\n{"b":2}')).toEqual([
      ['{"a":1}', 1],
      ['{broken', 2],
      ['{"b":2}', 3],
    ]);
    expect(texts('json', '[{"a":1},{"cut":')).toEqual([
      ['{"a":1}', 1],
      ['{"cut":', 1],
    ]);
  });

  it('json: a string that is never closed costs its own record only', () => {
    expect(texts('json', '[{"a":1},\n{"b":"x},\n{"c":{"d":[{}]}},\n{"e":4}]')).toEqual([
      ['{"a":1}', 1],
      ['{"b":"x},\n', 2],
      ['{"c":{"d":[{}]}}', 3],
      ['{"e":4}', 4],
    ]);
    expect(texts('json', '[\n  {\n    "a": "x,\n    "b": {"c": 1}\n  },\n  {\n    "d": 2\n  }\n]')).toEqual([
      ['{\n    "a": "x,\n    "b": {"c": 1}\n  }', 2],
      ['{\n    "d": 2\n  }', 6],
    ]);
  });

  it('json objects with nothing or a comma between them, comments between them, a list one level deeper', () => {
    const three = ['{"a":"}{"}', '{"b":2}', '{"c":3}'];
    for (const text of [three.join(''), three.join(','), three.join(',\n'), `[\n// it's "so"\n${three.join(',')},\n]`])
      expect(texts('json', text).map(([record]) => record)).toEqual(three);
    expect(
      texts('json', '{"stat":"OK","response":{"authlogs":[{"a":1},\n{"b":2}],"metadata":{"total":[{}]}}}'),
    ).toEqual([
      ['{"a":1}', 1],
      ['{"b":2}', 2],
    ]);
  });

  it('every JSON value comes back, however it is laid out', () => {
    const value = fc.dictionary(
      fc.oneof(fc.string({ maxLength: 5 }), fc.constantFrom('records', 'value', 'a')),
      fc.jsonValue({ maxDepth: 2 }),
      { maxKeys: 4 },
    );
    // A first record that itself looks like a wrapper cannot be told from one.
    const plain = value.filter(
      (object) => !/"(?:records|items|value|results?|entries|logs|data)":\[\s*[{\]]/i.test(JSON.stringify(object)),
    );
    fc.assert(
      fc.property(
        fc.array(plain, { minLength: 1, maxLength: 5 }),
        fc.constantFrom(0, 1, 2, 3, 4),
        fc.constantFrom(undefined, 2),
        (objects, layout, indent) => {
          // An empty object on the first line looks like one object a line.
          fc.pre(layout !== 0 || Object.keys(objects[0] ?? {}).length > 0);
          const each = objects.map((object) => JSON.stringify(object, null, indent));
          const text = [
            each.join('\n'),
            `[${each.join(',')}]`,
            `{"count":${each.length},"value":[${each.join(',\n')}]}`,
            `{"records":\n[\n${each.join(',')}\n]\n}`,
            `[\n${each.join('\n,')}\n]\n`,
          ][layout];
          const records = frame('json', Buffer.from(text ?? '')).records;
          expect(
            records.map(([record]) => JSON.parse(Buffer.from(record, 'latin1').toString('utf8')) as unknown),
          ).toEqual(objects);
        },
      ),
      { seed, numRuns: 2000 },
    );
  });
});

it.each([
  ['{"a":1}\n{"b":2}', false],
  ['{"a":1}', false],
  ['[{"a":1}]', true],
  ['\uFEFF [\n', true],
  ['[Nov 22] text', false],
  ['{\n "a":1', true],
  ['{"value":[{"a":1}]}', true],
  ['{"a":{"value":[{}]}}', false],
  ['{"meta":{"n":[1]},"data":[{"a":1}]}\n', true],
  ['{"meta":{"n":1},"data":[{"a":1}', true],
  ['{"meta":{"n":1},"data":["a"]}', false],
  ['{"meta":{"n":1},"data":[{"a":1}]}\n{"meta":{"n":1}}', false],
  ['text', false],
  ['', false],
])('isJsonDocument %j', (text, expected) => expect(isJsonDocument(Buffer.from(text))).toBe(expected));
