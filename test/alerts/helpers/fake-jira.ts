import { httpServer, type LocalServer } from '../../helpers/http-server.js';

export interface Issue {
  key: string;
  fields: Record<string, unknown> & { labels: string[]; summary: string; description: unknown };
  status: string;
  comments: unknown[];
}

export interface FakeJira extends LocalServer {
  issues: Issue[];
  /** Does what is asked, and then cuts the connection in the place of the next answers to POST that match. */
  loseAnswerTo(path: RegExp | undefined): void;
}

/** The parts of a text in Atlassian Document Format by paragraph; throws at a node that is not plain. */
export function paragraphs(doc: unknown): string[] {
  const { type, version, content } = doc as {
    type: string;
    version: number;
    content: { type: string; content: Record<string, unknown>[] }[];
  };
  if (type !== 'doc' || version !== 1) throw new Error('no document');
  return content.map((paragraph) => {
    if (paragraph.type !== 'paragraph') throw new Error(`a ${paragraph.type}`);
    return paragraph.content
      .map((node) => {
        if (node.type !== 'text' || typeof node.text !== 'string' || node.text === '') throw new Error('no text');
        return node.text;
      })
      .join('');
  });
}

/** What Jira Cloud does with the requests of the channel: search by label, issues, comments, and a workflow of three states. */
export async function fakeJira(authorization: string): Promise<FakeJira> {
  const issues: Issue[] = [];
  const workflow: Record<string, string[]> = { 'To Do': ['Done'], Done: ['Reopened'], Reopened: ['Done'] };
  let lost: RegExp | undefined;
  const answer = (method: string, path: string, body: Record<string, unknown>): [number, unknown?] => {
    if (method === 'GET' && path === '/rest/api/3/project/SEC') return [200, { key: 'SEC' }];
    if (method === 'POST' && path === '/rest/api/3/search/jql') {
      const asked = /^project = "([A-Z]+)" AND labels = "([\w-]+)" ORDER BY created DESC$/.exec(String(body.jql));
      if (asked === null) return [400];
      const found = issues
        .filter(({ fields }) => fields.labels.includes(asked[2] ?? ''))
        .reverse()
        .slice(0, Number(body.maxResults));
      return [
        200,
        {
          issues: found.map(({ key, fields, status }) => ({
            key,
            fields: { description: fields.description, status: { name: status } },
          })),
        },
      ];
    }
    if (method === 'POST' && path === '/rest/api/3/issue') {
      const fields = body.fields as Issue['fields'];
      if (
        fields.labels.some((label) => /\s/.test(label)) ||
        /[\r\n]/.test(fields.summary) ||
        fields.summary.length > 255
      )
        return [400];
      issues.push({ key: `SEC-${issues.length + 1}`, fields, status: 'To Do', comments: [] });
      return [201, { key: `SEC-${issues.length}` }];
    }
    const [, key, rest] = /^\/rest\/api\/3\/issue\/([A-Z]+-\d+)\/(\w+)/.exec(path) ?? [];
    const issue = issues.find((item) => item.key === key);
    if (issue === undefined) return [404];
    if (rest === 'comment' && method === 'GET') return [200, { comments: [...issue.comments].reverse() }];
    if (rest === 'comment') return [201, { id: String(issue.comments.push({ body: body.body })) }];
    const next = (workflow[issue.status] ?? []).map((name, id) => ({
      id: String(id),
      name: `to ${name}`,
      to: { name },
    }));
    if (method === 'GET') return [200, { transitions: next }];
    const chosen = next.find(({ id }) => id === (body.transition as { id: string }).id);
    if (chosen === undefined) return [400];
    issue.status = chosen.to.name;
    return [204];
  };
  const server = await httpServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    request.on('end', () => {
      if (request.headers.authorization !== authorization) return void response.writeHead(401).end();
      const { method = '', url = '' } = request;
      const [status, json] = answer(method, url, text === '' ? {} : (JSON.parse(text) as Record<string, unknown>));
      if (method === 'POST' && lost?.test(url)) return void response.destroy();
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(json === undefined ? '' : JSON.stringify(json));
    });
  });
  return {
    ...server,
    issues,
    loseAnswerTo: (path) => {
      lost = path;
    },
  };
}
