import { z } from 'zod';
import type { Check } from '../core/check.js';
import type { Notice } from '../core/notice.js';
import type { Channel } from './common/channel.js';
import { encryption, hostOf, isPlainHttp, timeoutOption, urlWords } from './common/http-check.js';
import { keyOf, linesOf, type Message, messageFor, messageOptions, stageOf } from './common/message.js';
import { type Ask, basic, inSteps, reachable, refuse } from './common/steps.js';

const status = (what: string) => z.string().min(1).max(100).optional().describe(what);

const options = z.strictObject({
  url: z.string().max(500).refine(isPlainHttp, urlWords).describe('The Jira site: https://acme.atlassian.net'),
  user: z.string().min(1).max(320).describe('Mail address of the account that writes.'),
  token: z.string().min(1).max(2000).describe('Its API token.'),
  project: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]{1,19}$/, 'Write the key of the project, in capital letters: SEC')
    .describe('Key of the project.'),
  issue_type: z.string().min(1).max(100).default('Task').describe('Type of new issues.'),
  resolved_status: status('Status that an issue gets when its finding is resolved; without it only a comment.'),
  reopened_status: status('Status that it gets when the finding calls for action again; without it only a comment.'),
  ...messageOptions,
  timeout: timeoutOption,
});
type Options = z.output<typeof options>;

const answers = {
  found: z.object({
    issues: z.array(
      z.object({
        key: z.string().regex(/^[A-Z][A-Z0-9_]{0,30}-\d{1,12}$/),
        fields: z.object({ description: z.unknown(), status: z.object({ name: z.string() }).optional() }),
      }),
    ),
  }),
  transitions: z.object({
    transitions: z.array(z.object({ id: z.string().max(50), name: z.string(), to: z.object({ name: z.string() }) })),
  }),
};

/** Keeps one issue for each finding in Jira Cloud by its REST API v3 (https://developer.atlassian.com/cloud/jira/platform/rest/v3/). */
export const channel: Channel<Options> = {
  title: 'Jira',
  options,
  whereTo: ({ url, project }) => `${project} at ${hostOf(url)}`,
  send: (notice, written, context) => {
    const message = messageFor(notice, context, written.ask_url);
    return inSteps(sideOf(written), context, (ask) => tell(ask, notice, message, written));
  },
  test: async (written, context): Promise<Check[]> => {
    const path = `/rest/api/3/project/${written.project}`;
    const delivery = await inSteps(sideOf(written), context, async (ask) => void (await ask('GET', path)));
    return [encryption(written.url), reachable(delivery, `the project ${written.project} is there`)];
  },
};

const sideOf = ({ url, user, token, timeout }: Options) => ({
  url,
  timeout,
  headers: { authorization: basic(user, token) },
});

/** The label finds the issue again, and the id of the notice in its text tells what was told already. */
async function tell(ask: Ask, notice: Notice, message: Message, written: Options): Promise<void> {
  const key = keyOf(notice);
  const { project, issue_type: type, resolved_status: resolved, reopened_status: reopened } = written;
  const search = {
    jql: `project = "${project}" AND labels = "${key}" ORDER BY created DESC`,
    maxResults: 1,
    fields: ['description', 'status'],
  };
  const { issues } = read(answers.found, await ask('POST', '/rest/api/3/search/jql', search), written);
  const [issue] = issues;
  const stage = stageOf(notice);
  if (issue === undefined) {
    // What is over and was never told is no news.
    if (stage !== 'begins' && stage !== 'goes-on') return;
    const fields = {
      project: { key: project },
      issuetype: { name: type },
      summary: message.headline,
      labels: ['halflight', key],
    };
    await ask('POST', '/rest/api/3/issue', { fields: { ...fields, description: jiraText(notice, message) } });
    return;
  }
  // Made by this very notice, whose answer got lost.
  if (holds(issue.fields.description, notice)) return;
  const path = `/rest/api/3/issue/${issue.key}`;
  const comments = await ask('GET', `${path}/comment?orderBy=-created&maxResults=20`);
  if (!holds(comments, notice)) await ask('POST', `${path}/comment`, { body: jiraText(notice, message) });
  const wanted = stage === 'ends' ? resolved : stage === 'begins' ? reopened : undefined;
  if (wanted === undefined || issue.fields.status?.name.toLowerCase() === wanted.toLowerCase()) return;
  const { transitions } = read(answers.transitions, await ask('GET', `${path}/transitions`), written);
  const step = transitions.find(({ to }) => to.name.toLowerCase() === wanted.toLowerCase());
  // The workflow does not lead there from where people put it: the comment says what there is to say.
  if (step !== undefined) await ask('POST', `${path}/transitions`, { transition: { id: step.id } });
}

const reference = ({ id }: Notice): string => `Notice ${id.replace(/[^\w.-]/g, '_').slice(0, 200)}`;
const holds = (json: unknown, notice: Notice): boolean =>
  JSON.stringify(json ?? null).includes(`"${reference(notice)}"`);

/** Atlassian Document Format: text nodes are no markup, and only our own link is one. */
export function jiraText(notice: Notice, message: Message): Record<string, unknown> {
  const text = (value: string, marks?: unknown) => ({
    type: 'text',
    text: value,
    ...(marks !== undefined && { marks }),
  });
  const strong = [{ type: 'strong' }];
  const paragraph = (...content: unknown[]) => ({ type: 'paragraph', content });
  return {
    type: 'doc',
    version: 1,
    content: [
      paragraph(text(message.headline, strong)),
      ...linesOf(message).map(([label, line]) =>
        paragraph(
          text(`${label}: `, strong),
          line === message.link ? text(line, [{ type: 'link', attrs: { href: line } }]) : text(line),
        ),
      ),
      paragraph(text(reference(notice))),
    ],
  };
}

function read<T>(schema: z.ZodType<T>, answer: unknown, { url }: Options): T {
  const parsed = schema.safeParse(answer);
  if (!parsed.success) refuse(`${new URL(url).host}: its answer is not that of Jira Cloud: check the URL of the site.`);
  return parsed.data as T;
}
