import { describe, expect, it } from 'vitest';
import { halflight, ndjson, squidLog, temporaryFolder } from '../helpers/cli.js';

const mapping = `framing: { type: csv, delimiter: ';' }
fields: { time: When, user: Employee, url: Address, bytes_out: Sent, action: Result, src_ip: Client, bytes_in: Received }
constants: { kind: web, action: unknown }
time: { format: dd.MM.yyyy HH:mm, zone: Europe/Berlin }
blocked: [DENY]
missing: ['n/a']
`;
const header = 'When;Employee;Address;Sent;Result;Client\n';
const folder = temporaryFolder({
  'csv.yaml': mapping,
  'csv.log': `${header}19.11.2026 09:00;jdoe;https://chatgpt.com/c/1?key=1;1200;DENY;10.1.2.3
19.11.2026 09:01;n/a;https://claude.ai/new;ten;;pc-17
2026-11-19 09:02;ann;https://claude.ai/new;10;DENY;
`,
  'other.log': 'Wann;Wer\n19.11.2026 09:00;jdoe\n',
  'json.yaml': `framing: { type: json }
fields: { time: at, user: who.mail, host: 'targets[0].name', scopes: scope, kind: what, src_ip: ip }
constants: { action: allowed }
`,
  'json.log': `<14>1 2026-11-22T10:15:00Z hub fwd - - - {"who":{"mail":"ann"},"targets":[{"name":"A.example."}],"scope":"read write","what":"grant","ip":"10.0.0.1\\u001b[31m"}
{"at":1795338902,"what":"dance","who":{"mail":{"x":1}},"targets":[]}
[{"at":1795338903,"what":"web","targets":[{"name":"B.example"}]},{"other":1},{"at":1795338904,"what":"web","targets":[{"name":"C.example"}]}]
`,
  'expenses.yaml': `framing: { type: csv, delimiter: ';' }
expenses:
  columns: { date: Tag, merchant: Laden, amount: Summe }
  dates: day-first
  currency: EUR
`,
  'expenses.log': 'Tag;Laden;Summe\n05.10.2026;OPENAI *CHATGPT SUBSCR;20.00\n',
  'pairs.yaml': 'framing: { type: key-value }\nfields: { user: who, host: dst }\n',
  'text.yaml':
    "framing: { type: regex, pattern: '^(?<who>\\S+) (?<url>\\S+)' }\nfields: { user: who, url: 2, app: what }\n",
});
const explain = async (format: string, file: string, mappingFile?: string, input?: string) => {
  const more = mappingFile === undefined ? [] : ['--mapping', mappingFile];
  const ran = await halflight(['parse', '--format', format, ...more, '--explain', file], {
    cwd: folder,
    ...(input !== undefined && { input }),
  });
  const lines = ran.stderr.trimEnd().split('\n');
  // Whatever the log holds: it fits a terminal, holds nothing that moves its cursor, and ends with the counts.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
  expect(ran.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(JSON.parse(lines.at(-1) ?? '')).toHaveProperty('events');
  return { ...ran, lines, events: ndjson(ran.stdout) };
};

describe('halflight parse --explain with a mapping', () => {
  it('says of every field which column it came from, what stood there, and what is derived, constant or missing', async () => {
    const { lines, events } = await explain('csv', 'csv.log', 'csv.yaml');
    expect(events).toHaveLength(2);
    expect(lines.slice(0, 31)).toEqual([
      'line 1: skipped, header line',
      'line 2: event',
      '    19.11.2026 09:00;jdoe;https://chatgpt.com/c/1?[cut];1200;DENY;10.1.2.3',
      '  time         2026-11-19T08:00:00Z',
      '                 column 1 "When" = 19.11.2026 09:00',
      '  kind         web                             constant',
      '  action       blocked                         column 5 "Result" = DENY',
      '  user         jdoe                            column 2 "Employee"',
      '  src_ip       10.1.2.3                        column 6 "Client"',
      '  host         chatgpt.com                     derived from url',
      '  url          https://chatgpt.com/c/1?[cut]   column 3 "Address"',
      '  path         /c/1                            derived from url',
      '  bytes_out    1200                            column 4 "Sent"',
      '  bytes_in     none: column "Received" is not in the record',
      'line 3: event: 19.11.2026 09:01;n/a;https://claude.ai/new;ten;;pc-17',
      '  time         2026-11-19T08:01:00Z',
      '                 column 1 "When" = 19.11.2026 09:01',
      '  kind         web                             constant',
      '  action       unknown',
      '                 constant (nothing in column 5 "Result")',
      '  host         claude.ai                       derived from url',
      '  url          https://claude.ai/new           column 3 "Address"',
      '  path         /new                            derived from url',
      '  user         none: column 2 "Employee" = n/a means missing',
      '  src_ip       none: column 6 "Client" = "pc-17" is no address',
      '  bytes_out    none: column 4 "Sent" = "ten" is no whole number',
      '  bytes_in     none: column "Received" is not in the record',
      'line 4: rejected, the time is not readable',
      '    2026-11-19 09:02;ann;https://claude.ai/new;10;DENY;',
      '  time         none: column 1 "When" = "2026-11-19 09:02" does not fit',
      '               dd.MM.yyyy HH:mm',
    ]);
  });

  it('sums up by field: how often it was found, what was never found, and the first value that did not convert', async () => {
    const { lines } = await explain('csv', 'csv.log', 'csv.yaml');
    const summary = lines.slice(lines.indexOf('fields of the mapping, in 3 records:'));
    expect(summary).toEqual([
      'fields of the mapping, in 3 records:',
      '  time         found in 2 of 3, column 1 "When"',
      '                 1 did not convert, the first in line 4: column 1 "When" =',
      '                 "2026-11-19 09:02" does not fit dd.MM.yyyy HH:mm',
      '  kind         constant',
      '  action       found in 2 of 3, column 5 "Result"; 1 from constant',
      '  user         found in 2 of 3, column 2 "Employee"',
      '  src_ip       found in 1 of 3, column 6 "Client"',
      '                 1 did not convert, the first in line 3: column 6 "Client" =',
      '                 "pc-17" is no address',
      '  url          found in 3 of 3, column 3 "Address"',
      '  bytes_out    found in 2 of 3, column 4 "Sent"',
      '                 1 did not convert, the first in line 3: column 4 "Sent" = "ten"',
      '                 is no whole number',
      '  bytes_in     never found, column "Received"',
      '{"lines":4,"events":2,"skipped":1,"errors":1}',
    ]);
  });

  it('names paths of JSON and the syslog header, and keeps the records of one line apart', async () => {
    const { lines, stderr } = await explain('json-lines', 'json.log', 'json.yaml');
    expect(lines).toContain('                 syslog header (nothing in path at)');
    expect(lines).toContain('  user         ann                             path who.mail');
    expect(stderr).toContain('path targets[0].name = A.example.');
    expect(lines).toContain('  scopes       ["read","write"]                path scope = read write');
    expect(lines).toContain('  src_ip       none: path ip = "10.0.0.1\\u{1b}[31m" is no address');
    expect(lines).toContain('line 2: skipped, another kind of record');
    expect(stderr).toContain('path what = "dance" is none of web, dns');
    expect(stderr).toContain('path who.mail = "{...}" is a list or an object');
    expect(lines).toContain('  time         found in 3 of 5, path at; 1 from syslog header');
    const ofLine3 = lines.slice(lines.indexOf('line 3: event')).join(' ');
    expect(ofLine3).toMatch(/B\.example.*path targets\[0\]\.name = B\.example.*path targets\[0\]\.name = C\.example/);
  });

  it('names keys of key=value text and groups of a regular expression', async () => {
    const pairs = await explain('key-value', '-', 'pairs.yaml', 'who=ann dst=a.example:8080\n');
    expect(pairs.lines).toContain('  user         ann                             key who');
    expect(pairs.lines).toContain('  port         8080                            derived from host');
    expect(pairs.stderr).toContain('found out from the other fields');
    expect(pairs.stderr).toContain('default: no field says it');
    const text = await explain('text-pattern', '-', 'text.yaml', 'ann https://a.example/\n');
    expect(text.lines).toContain('  url          https://a.example/              group 2');
    expect(text.lines).toContain('  app          never found, group what');
  });

  it('says of expenses what was read, and which columns it looks for only where it read none', async () => {
    const read = await explain('csv', 'expenses.log', 'expenses.yaml');
    expect(read.stderr).toContain('merchant     OPENAI *CHATGPT SUBSCR');
    expect(read.stderr).not.toContain('no record was read');
    const other = await explain('csv', 'other.log', 'expenses.yaml');
    expect(other.stderr).toContain('no record was read by the mapping, which looks for: Tag, Laden, Summe');
  });

  it('says what the mapping looks for where it reads no record', async () => {
    const { stderr } = await explain('csv', 'other.log', 'csv.yaml');
    expect(stderr).toContain('line 1: rejected, no line has the columns that the mapping names: Wann;Wer');
    expect(stderr.replace(/\n/g, ' ')).toContain(
      'no record was read by the mapping, which looks for: When, Employee, Address, Sent, Result, Client, Received',
    );
  });

  it('shows the first of each kind and counts the others, however long the log', async () => {
    const rows = Array.from({ length: 5000 }, (_, n) =>
      n % 5 === 0
        ? `x;ann;https://a.example/;1;ok;${'y'.repeat(500)}\n`
        : `19.11.2026 09:00;ann;https://a.example/;1;ok;\n`,
    );
    const { lines, stderr, events } = await explain('csv', '-', 'csv.yaml', header + rows.join(''));
    expect(events).toHaveLength(4000);
    expect(lines.length).toBeLessThan(400);
    expect(lines.filter((line) => line.includes(': event'))).toHaveLength(10);
    expect(lines.filter((line) => line.includes(': rejected'))).toHaveLength(10);
    expect(stderr).toContain('not shown:\n  3,990 events\n  990 rejected, the time is not readable\n');
    expect(stderr).toContain('found in 4,000 of 5,000, column 1 "When"');
    expect(stderr).toContain('1,000 did not convert, the first in line 2');
  });
});

describe('halflight parse --explain without a mapping', () => {
  it('names the columns where a file has the keys of parse', async () => {
    const { lines } = await explain('csv', '-', undefined, 'time,user,host\n2026-01-02T03:04:05Z,ann,chatgpt.com\n');
    expect(lines).toContain('  host         chatgpt.com                     column 3 "host"');
  });

  it('shows of a built-in format the record beside its fields, and is bounded too', async () => {
    const { lines, events } = await explain('squid', '-', undefined, `${squidLog(500)}${'broken\n'.repeat(50)}`);
    expect(events).toHaveLength(500);
    expect(lines).toContain('  host         chatgpt.com');
    expect(lines.slice(-4, -1)).toEqual([
      'not shown:',
      '  490 events',
      '  40 rejected, not a line of Squid native format',
    ]);
  });
});
