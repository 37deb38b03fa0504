import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Mapping } from '../../src/core/mapping.js';
import { parseText } from '../helpers/parse.js';

// Each writer is made from the documentation of the format alone. What it writes as one value must be read as that value, and nothing
// else of the record may change.

/** Values that look like further fields, quotes, escapes and line ends. Not those that mean that there is none, and without blanks at the
 * ends, which no format promises to keep. */
const value = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '"',
        '\\',
        '=',
        ',',
        ' ',
        '|',
        '\t',
        '"" ',
        '\\"',
        ' user="victim" ',
        ' suser=victim ',
        '\tusrName=victim',
        'user=victim',
        "'",
      ),
      fc.string({ minLength: 1, maxLength: 5 }),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) =>
    parts
      .join('')
      .replace(/[\r\n\0]/g, '')
      .trim(),
  )
  .filter(
    (text) =>
      text !== '' &&
      text !== '-' &&
      text !== '""' &&
      !/^(?:n\/a|null|none|unknown|undefined|nil|\(none\))$/i.test(text),
  );

const runs = { numRuns: 300, seed: 7 };
const one = async (format: string, text: string, mapping?: Mapping): Promise<Record<string, unknown> | undefined> =>
  (await parseText(format, text, mapping === undefined ? {} : { mapping })).events[0];

it('A7 FortiGate: a quoted value stays one value, whatever it holds', async () => {
  const line = (agent: string): string =>
    `date=2026-03-05 time=10:15:02 devname="FG" devid="FGT60F0000000001" logid="0317013312" type="utm" subtype="webfilter" vd="root" ` +
    `agent="${agent.replace(/["\\]/g, '\\$&')}" hostname="a.example" srcip=10.1.2.3 user="ann" action="passthrough" url="/x"`;
  const plain = await one('fortigate', line('plain'));
  expect(plain).toMatchObject({ user: 'ann', host: 'a.example', user_agent: 'plain' });
  await fc.assert(
    fc.asyncProperty(value, async (agent) => {
      expect(await one('fortigate', line(agent))).toEqual({ ...plain, user_agent: agent });
    }),
    runs,
  );
});

it('A7 CEF: an extension value stays one value, whatever it holds', async () => {
  const line = (agent: string): string =>
    `CEF:0|Acme|Proxy|1|2|n|3|rt=1795341601000 src=10.1.2.3 requestClientApplication=${agent.replace(/[\\=]/g, '\\$&')} ` +
    'suser=ann request=http://a.example/x act=Allowed';
  const plain = await one('cef', line('plain'));
  expect(plain).toMatchObject({ user: 'ann', host: 'a.example', user_agent: 'plain' });
  await fc.assert(
    // Quotes around a whole value are taken off, as some products put them there.
    fc.asyncProperty(
      value.filter((text) => !/^".*"$/.test(text)),
      async (agent) => {
        expect(await one('cef', line(agent))).toEqual({ ...plain, user_agent: agent });
      },
    ),
    runs,
  );
});

it('A7 LEEF: a value stays one value, whatever it holds but the delimiter', async () => {
  const line = (agent: string): string =>
    `LEEF:2.0|Acme|Proxy|1|2|^|src=10.1.2.3^userAgent=${agent}^usrName=ann^url=http://a.example/x^devTime=1795341601000`;
  const plain = await one('leef', line('plain'));
  expect(plain).toMatchObject({ user: 'ann', host: 'a.example' });
  await fc.assert(
    fc.asyncProperty(
      value.filter((text) => !text.includes('^')),
      async (agent) => {
        const { user_agent: _agent, ...rest } = (await one('leef', line(agent))) ?? {};
        const { user_agent: _plain, ...expected } = plain ?? {};
        expect(rest).toEqual(expected);
      },
    ),
    runs,
  );
});

it('A7 CSV: a quoted cell stays one cell, whatever it holds, line ends too', async () => {
  const mapping: Mapping = {
    framing: { type: 'csv', delimiter: ',', header: true },
    fields: { time: 'time', user: 'who', host: 'host', user_agent: 'agent' },
    constants: { kind: 'web' },
    missing: [],
    blocked: [],
  };
  const text = (agent: string): string =>
    `time,agent,who,host\n2026-03-05T10:15:02Z,"${agent.replaceAll('"', '""')}",ann,a.example\n`;
  const plain = await one('csv', text('plain'), mapping);
  expect(plain).toMatchObject({ user: 'ann', host: 'a.example', user_agent: 'plain' });
  await fc.assert(
    fc.asyncProperty(value, fc.boolean(), async (agent, breaks) => {
      const cell = breaks ? `${agent}\n"x",victim\n${agent}` : agent;
      const { user_agent, ...rest } = (await one('csv', text(cell), mapping)) ?? {};
      const { user_agent: _plain, ...expected } = plain ?? {};
      expect(rest).toEqual(expected);
      if (!breaks) expect(user_agent).toBe(agent);
    }),
    runs,
  );
});
