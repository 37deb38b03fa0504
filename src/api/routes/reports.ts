import { createHash } from 'node:crypto';
import { z } from 'zod';
import { reportRoles } from '../../core/report-role.js';
import type { ReportDocument } from '../../reports/blocks/block.js';
import { writersOf } from '../../reports/writers.js';
import { type KeptReport, listReports, loadReport } from '../../store/reports.js';
import type { Context } from '../deps.js';
import type { FileAnswer } from '../file-answer.js';
import { ApiProblem, notFound } from '../problem.js';
import { route } from '../route.js';
import { count, day, instant, limit, limitOf, next, query, time } from '../shapes.js';

// Periodic reports as they were made for distribution lists. None is made here.

const shown = z.object({
  id: z.string(),
  list: z.string().describe('The distribution list that it was made for'),
  role: z.enum(reportRoles),
  group: z.string().nullable().describe('Of a report for a manager'),
  names: z.boolean().describe('It names people, and is not served'),
  period: z.string().describe('2026-W47, 2026-11'),
  from: day,
  to: day,
  edition: count.describe('1, and more for those that correct it'),
  catalog: z.string().describe('Hash of the catalog'),
  inventory: z.string().describe('Hash of the register'),
  sha256: z.string().describe('Of the document as JSON'),
  made_at: time,
});

const describe = (report: KeptReport): z.output<typeof shown> => ({
  id: report.id,
  list: report.list,
  role: report.role,
  group: report.group === '' ? null : report.group,
  names: report.names,
  period: report.period,
  from: report.from,
  to: report.to,
  edition: report.edition,
  catalog: report.catalogHash,
  inventory: report.inventoryHash,
  sha256: report.hash,
  made_at: instant(report.at),
});

const list = route({
  method: 'GET',
  path: '/v1/reports',
  policy: 'read',
  summary: 'Periodic reports that were made, the newest first.',
  schema: {
    params: z.strictObject({}),
    query: z.strictObject({
      list: query('the id of a distribution list', 100).optional(),
      after: query('`next` of the page before', 200).optional().describe('`next` of the page before.'),
      limit,
    }),
    answer: z.object({ reports: z.array(shown), next }),
  },
  limits: { bodyBytes: 0, perMinute: 600 },
  handler: async ({ query: asked }, { read }) => {
    const rows = limitOf(asked.limit);
    const after = asked.after === undefined ? undefined : placeOf(asked.after);
    const found = await read((db) => listReports(db, { limit: rows + 1, after, list: asked.list }));
    const last = found[rows - 1];
    return {
      reports: found.slice(0, rows).map(describe),
      next: found.length > rows && last !== undefined ? `${last.at} ${last.id}` : null,
    };
  },
});

function placeOf(cursor: string): { at: number; id: string } {
  const [, at, id] = /^(\d{1,15}) (r_[0-9a-f]{32})$/.exec(cursor) ?? [];
  if (at === undefined || id === undefined)
    throw new ApiProblem(400, 'In the query, after: accepted is `next` of the page before.');
  return { at: Number(at), id };
}

const file = route({
  method: 'GET',
  path: '/v1/reports/:file',
  policy: 'read',
  file: true,
  summary: 'One report as a file: ID.html, ID.md, ID.pdf and whatever else it can be drawn as.',
  schema: {
    params: z.strictObject({
      file: z
        .string()
        .regex(/^r_[0-9a-f]{32}\.[a-z]{2,10}$/, 'accepted is the id of a report and a format: ID.html')
        .describe('The id of a report, a full stop, and a format or the ending of its files.'),
    }),
    query: z.strictObject({}),
    answer: z.custom<FileAnswer>(),
  },
  limits: { bodyBytes: 0, perMinute: 60 },
  handler: ({ params }, context) => fileOf(params.file, context),
});

/** @throws ApiProblem 404 where there is no such report or format, 403 where it names people */
async function fileOf(name: string, { read }: Context): Promise<FileAnswer> {
  const [id = '', format = ''] = name.split('.');
  const kept = await read((db) => loadReport(db, id));
  if (kept === undefined) throw notFound('report');
  if (kept.names)
    throw new ApiProblem(
      403,
      'This report names people, so it goes to its recipients alone: "halflight report --names".',
    );
  const writers = [...(await writersOf()).values()];
  const writer =
    writers.find((one) => one.id === format) ?? writers.find((one) => one.extension === format && one.id !== 'mail');
  if (writer === undefined)
    throw new ApiProblem(404, `No report is drawn as this: use one of ${writers.map((one) => one.id).join(', ')}.`);
  const bytes = await writer.write(JSON.parse(kept.document) as ReportDocument);
  return {
    contentType: writer.mediaType,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    modified: kept.at,
    // A file to be kept, never a page of this origin; its name is made of the id alone.
    headers: { 'content-disposition': `attachment; filename="${id}.${writer.extension}"` },
    bytes: () => Promise.resolve(bytes),
  };
}

export const reportRoutes = [list, file];
