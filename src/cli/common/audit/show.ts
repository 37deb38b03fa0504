import type { ChainRecord } from '../../../core/audit-chain.js';
import { safeJson, safeLine } from '../../../core/terminal.js';
import { parseIso } from '../../../core/time.js';
import { type AuditFilter, findAudit } from '../../../store/reads/audit-find.js';
import type { Db } from '../../../store/tables.js';
import { CliError, exitCodes } from '../errors.js';
import { Printer } from '../print.js';

const width = 80;
const indent = ' '.repeat(9);

/** A time as options take it: a day or an instant, in the zone where it names none. @throws CliError */
export function timeOption(text: string | undefined, zone: string, option: string): number | undefined {
  if (text === undefined) return undefined;
  const at = parseIso(text, zone);
  if (at === undefined)
    throw new CliError(
      `${option} ${safeLine(text)} is no time; write it as 2026-11-22 or 2026-11-22T14:00Z`,
      exitCodes.usage,
    );
  return at;
}

/** Prints the records, page by page. */
export async function showLog(db: Db, filter: AuditFilter, json: boolean): Promise<number> {
  const printer = new Printer();
  let [after, shown] = [0, 0];
  for (;;) {
    const records = await findAudit(db, filter, { after });
    for (const record of records) printer.add(json ? recordJson(record) : recordText(record));
    await printer.flush();
    const last = records.at(-1);
    if (last === undefined) return shown;
    [after, shown] = [last.seq, shown + records.length];
  }
}

/** Two or more lines: when, who and what; and the details. */
export function recordText(record: ChainRecord): string {
  const { seq, at, who, action, subject, details } = record;
  const head = `${String(seq).padStart(7)}  ${timeText(at)}  ${safeLine(who)}  ${safeLine(action)}  ${safeLine(subject)}`;
  const more = details === '{}' ? [] : folded(safeLine(details), width - indent.length);
  const [first = '', ...rest] = folded(head, width);
  return [first, ...rest.map((line) => indent + line), ...more.map((line) => indent + line)].join('\n');
}

/** Somebody who changes records may write a time that no calendar has. */
const timeText = (at: number): string =>
  Math.abs(at) < 8.64e15 ? `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z` : String(at);

/** Cut after blanks, commas or full stops where there are any, and so that no line is wider. */
function folded(text: string, first: number): string[] {
  const lines: string[] = [];
  let rest = text;
  let room = first;
  while (rest.length > room) {
    const place = Math.max(...[' ', ',', '.'].map((mark) => rest.lastIndexOf(mark, room - 1))) + 1;
    let cut = place > room / 2 ? place : room;
    // Not through the middle of a character.
    if (/[\ud800-\udbff]/.test(rest[cut - 1] ?? '')) cut--;
    lines.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut);
    room = width - indent.length;
  }
  return rest === '' ? lines : [...lines, rest];
}

/** One line of NDJSON; `details` as an object where it is one. */
export function recordJson({ seq, at, details, ...record }: ChainRecord): string {
  let read: unknown = details;
  try {
    read = JSON.parse(details);
  } catch {
    // Shown as the text that it is.
  }
  return safeJson(JSON.stringify({ seq, index: seq - 1, at, ...record, details: read }));
}
