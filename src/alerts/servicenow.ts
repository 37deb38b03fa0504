import { z } from 'zod';
import type { Check } from '../core/check.js';
import type { Notice } from '../core/notice.js';
import type { Channel } from './common/channel.js';
import { encryption, hostOf, isPlainHttp, timeoutOption, urlWords } from './common/http-check.js';
import { keyOf, linesOf, type Message, messageFor, messageOptions, stageOf } from './common/message.js';
import { plainLine } from './common/plain.js';
import { type Ask, basic, inSteps, reachable, refuse } from './common/steps.js';

const value = (what: string) => z.string().min(1).max(200).optional().describe(what);

const options = z.strictObject({
  url: z.string().max(500).refine(isPlainHttp, urlWords).describe('The instance: https://acme.service-now.com'),
  user: z.string().min(1).max(320).describe('User that writes.'),
  password: z.string().min(1).max(2000).describe('Its password.'),
  table: z
    .string()
    .regex(/^[a-z][a-z0-9_]{1,79}$/, 'Write the name of a table, as incident.')
    .default('incident')
    .describe('Table of the records; one that extends task.'),
  assignment_group: value('Group of new records, its sys_id or name.'),
  resolved_state: value('Value of state when the finding is resolved, as 6; without it only a work note.'),
  close_code: value('Close code that goes with it.'),
  reopened_state: value('Value of state when the finding calls for action again, as 2; without it only a work note.'),
  ...messageOptions,
  timeout: timeoutOption,
});
type Options = z.output<typeof options>;

const records = z.object({
  result: z.array(z.object({ sys_id: z.string().regex(/^[\da-f]{32}$/), correlation_display: z.string() })),
});

/** Keeps one record for each finding in ServiceNow by its Table API. */
export const channel: Channel<Options> = {
  title: 'ServiceNow',
  options,
  whereTo: ({ url, table }) => `${table} at ${hostOf(url)}`,
  send: (notice, written, context) => {
    const message = messageFor(notice, context, written.ask_url);
    return inSteps(sideOf(written), context, (ask) => tell(ask, notice, message, written));
  },
  test: async (written, context): Promise<Check[]> => {
    const path = `/api/now/table/${written.table}?sysparm_limit=1&sysparm_fields=sys_id`;
    const delivery = await inSteps(sideOf(written), context, async (ask) => void (await ask('GET', path)));
    return [encryption(written.url), reachable(delivery, `the table ${written.table} can be read`)];
  },
};

const sideOf = ({ url, user, password, timeout }: Options) => ({
  url,
  timeout,
  headers: { authorization: basic(user, password) },
});

/**
 * `correlation_id` finds the record again; `correlation_display` holds the id of the last notice and is written together with it, so
 * that a delivery whose answer got lost is not told twice.
 */
async function tell(ask: Ask, notice: Notice, message: Message, written: Options): Promise<void> {
  const path = `/api/now/table/${written.table}`;
  const query = `correlation_id=${keyOf(notice)}^ORDERBYDESCsys_created_on`;
  const search = `?sysparm_query=${encodeURIComponent(query)}&sysparm_fields=sys_id,correlation_display&sysparm_limit=1`;
  const parsed = records.safeParse(await ask('GET', `${path}${search}`));
  if (!parsed.success)
    return refuse(`${new URL(written.url).host}: its answer is not that of ServiceNow: check the URL.`);
  const [record] = parsed.data.result;
  const stage = stageOf(notice);
  const mark = { correlation_display: `Halflight ${plainLine(notice.id, 80)}` };
  if (record === undefined) {
    // What is over and was never told is no news.
    if (stage !== 'begins' && stage !== 'goes-on') return;
    const group = written.assignment_group === undefined ? {} : { assignment_group: written.assignment_group };
    const fields = { correlation_id: keyOf(notice), ...mark, ...group, ...levels[notice.severity] };
    await ask('POST', path, { ...fields, ...recordText(message) });
    return;
  }
  if (record.correlation_display === mark.correlation_display) return;
  const { description } = recordText(message);
  const { resolved_state: resolved, close_code: code, reopened_state: reopened } = written;
  const state = stage === 'ends' ? resolved : stage === 'begins' ? reopened : undefined;
  const closing =
    stage === 'ends' && state !== undefined
      ? { close_notes: description, ...(code !== undefined && { close_code: code }) }
      : {};
  await ask('PATCH', `${path}/${record.sys_id}`, {
    ...mark,
    work_notes: description,
    ...(state !== undefined && { state }),
    ...closing,
  });
}

const levels = {
  info: { urgency: '3', impact: '3' },
  warning: { urgency: '2', impact: '3' },
  high: { urgency: '1', impact: '2' },
} as const;

/** The texts of a record; 160 characters is what a short description holds. */
export function recordText(message: Message): { short_description: string; description: string } {
  const lines = [message.headline, ...linesOf(message).map(([label, line]) => `${label}: ${line}`)];
  return { short_description: escaped(plainLine(message.headline, 150)), description: lines.map(escaped).join('\n\n') };
}

// Between [code] and [/code] journal fields show HTML: a joiner that is not seen takes the word its meaning.
const escaped = (text: string): string => text.replace(/\[(?=\/?code)/gi, '[\u2060');
