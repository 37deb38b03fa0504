import { sniffDelimiter, splitCsv } from '../core/csv.js';
import type { EventDraft } from '../core/event.js';
import { type Format, type FormatContext, type Outcome, reject, type Sample, skip } from '../core/format.js';
import { known } from '../core/text.js';
import { type DayOrder, dayOrder, parseDate } from './common/dates.js';
import { accountOf, type SurveyColumns, type SurveyRole, surveyColumns, usesIt } from './common/survey-columns.js';

interface Layout {
  columns: SurveyColumns;
  delimiter: string;
  order: DayOrder;
}

/** Tools of one answer that are read. */
const maxTools = 50;
/** An answer to "which tools" is longer where somebody tells a story; then it is looked through for names. */
const maxAnswer = 500;

/** The header among the first lines, and what those below it tell. */
function layoutOf(line: string, sample: Sample): Layout | undefined {
  const start = line.slice(0, 16_384);
  const delimiter = sniffDelimiter(start);
  const fields = splitCsv(start, delimiter);
  if (fields === undefined || fields.length < 2) return undefined;
  const at = sample.lines.indexOf(line);
  const rows = sample.lines.slice(at + 1).map((text) => splitCsv(text, delimiter) ?? []);
  const columns = surveyColumns(fields, rows);
  if (columns === undefined) return undefined;
  const date = columns.index.get('date');
  const dates = date === undefined ? [] : rows.flatMap((row) => known(row[date]) ?? []);
  return { columns, delimiter, order: dayOrder(dates, delimiter === ';' ? 'dmy' : 'mdy') };
}

const headerAmong = (sample: Sample): { line: string; layout: Layout } | undefined => {
  for (const line of sample.lines.slice(0, 5)) {
    const layout = layoutOf(line, sample);
    if (layout !== undefined) return { line, layout };
  }
  return undefined;
};

/** A time as Google Forms writes it: `2026/03/02 9:12:44 AM GMT+1`. */
const googleTime =
  /^(\d{4})\/(\d\d?)\/(\d\d?) (\d\d?):(\d\d):(\d\d) (AM|PM)(?: (?:GMT|UTC)(?:([+-])(\d{1,2})(?::?(\d\d))?)?)?$/i;

function timeOf(text: string, order: DayOrder, context: FormatContext): number | undefined {
  const m = googleTime.exec(text.trim().slice(0, 60));
  if (m === null) return parseDate(text, order, context.zone, context.modified);
  const two = (part: string | undefined): string => (part ?? '0').padStart(2, '0');
  const hour = (Number(m[4]) % 12) + (m[7]?.toUpperCase() === 'PM' ? 12 : 0);
  const offset = m[8] === undefined ? '' : `${m[8]}${two(m[9])}:${two(m[10])}`;
  const zone = /GMT|UTC/i.test(text) && offset === '' ? 'Z' : offset;
  return parseDate(
    `${m[1]}-${two(m[2])}-${two(m[3])}T${two(String(hour))}:${m[5]}:${m[6]}${zone}`,
    order,
    context.zone,
    context.modified,
  );
}

const none =
  /^(?:none|no|nothing|never|n\/?a|no tools?|no ai|not applicable|don'?t use.*|i do(?:n'?t| not) .*|keine?s?|nein|nichts|aucune?|non|ninguna?|no uso.*|-+|\.+)$/i;

/** The tools that an answer lists: separated by commas, semicolons, line breaks, slashes between words, `and`. */
function listed(answer: string): string[] {
  const parts = answer.slice(0, maxAnswer).split(/[,;\n\r|•]+|\s(?:and|und|et|y|&|\+|\/)\s/i);
  return parts.map((part) => part.replace(/^[\s\-*·]+|[\s.]+$/g, '')).filter((part) => part !== '' && !none.test(part));
}

function read(fields: readonly string[], { columns, order }: Layout, context: FormatContext): Outcome {
  const at = (role: SurveyRole): string | undefined => {
    const index = columns.index.get(role);
    const text = index === undefined ? undefined : known(fields[index]);
    // Microsoft Forms writes it where nobody was asked to sign in.
    return text?.toLowerCase() === 'anonymous' ? undefined : text;
  };
  if (fields.every((text) => text.trim() === '')) return skip('empty row');
  const written = at('date');
  const time = written === undefined ? undefined : timeOf(written, order, context);
  if (written !== undefined && time === undefined) return reject('the date is not readable');
  const frequency = at('frequency');
  if (frequency !== undefined && usesIt(frequency) === false) return skip('says that no tool is used');
  const tools = [
    ...columns.tools.flatMap((index) => listed(fields[index] ?? '')),
    ...columns.each.flatMap(({ index, tool }) => (usesIt(fields[index] ?? '') === true ? [tool] : [])),
  ];
  const names = [...new Map(tools.map((tool) => [tool.toLowerCase(), tool])).values()].slice(0, maxTools);
  if (names.length === 0) return skip('names no tool');
  const account = accountOf(at('account') ?? '');
  return names.map(
    (app): EventDraft => ({
      kind: 'activity',
      action: 'allowed',
      time,
      user: at('email') ?? at('employeeId') ?? at('name'),
      app,
      ...(account !== undefined && { account }),
      declared: true,
      provenance: 'claimed',
    }),
  );
}

/**
 * Answers to a survey on the use of AI, as CSV: Microsoft Forms, Google Forms, a plain table. Who (e-mail address, employee id or
 * name), which tools (in one column or several, or each in a column of its own that says yes or how often), the account, the day.
 */
export const format: Format = {
  title: 'Survey on the use of AI (CSV: Microsoft Forms, Google Forms)',
  kinds: ['activity'],
  framing: 'csv',
  detect(sample) {
    const found = headerAmong(sample);
    if (found === undefined) return undefined;
    const { tools, each, index } = found.layout.columns;
    const who = index.has('email') || index.has('name') || index.has('employeeId');
    const what = tools.length > 0 ? 'which tools are used' : `whether ${each.length} tools are used`;
    return {
      confidence: who ? 0.9 : 0.75,
      why: `a header line with a column for ${who ? 'who answered' : 'the time'} and ${what}`,
    };
  },
  open(context) {
    const expected = headerAmong(context.sample);
    let layout: Layout | undefined;
    return {
      read(text) {
        if (expected === undefined) return reject('no header line with who answered and which tools are used');
        if (layout === undefined || text === expected.line) {
          if (text !== expected.line) return skip('text before the header line');
          layout = expected.layout;
          return skip('header line');
        }
        const fields = splitCsv(text, layout.delimiter);
        return fields === undefined ? reject('a quoted field is not closed') : read(fields, layout, context);
      },
    };
  },
};
