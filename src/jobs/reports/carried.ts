import type { CarriedReport } from '../../alerts/common/channel.js';
import type { Notice } from '../../core/notice.js';
import type { ReportDocument } from '../../reports/blocks/block.js';
import { mailWords } from '../../reports/writers/mail.js';
import { writersOf } from '../../reports/writers.js';
import { loadReport } from '../../store/reports.js';
import type { ServiceContext } from '../context.js';

/**
 * The report of a notice as mail carries it. Its files are made from the kept document each time: the same document gives the same
 * bytes, so nothing of them waits in the outbox. Undefined: the report is no longer kept.
 */
export async function carriedReport({ db, setup }: ServiceContext, notice: Notice): Promise<CarriedReport | undefined> {
  const { report: id, list: name } = notice.details;
  const kept = typeof id === 'string' ? await loadReport(db, id) : undefined;
  if (kept === undefined) return undefined;
  const document = JSON.parse(kept.document) as ReportDocument;
  const list = setup().reports?.lists.find((item) => item.id === name);
  const writers = await writersOf();
  const wanted = new Set<string>(list?.formats ?? ['mail']);
  const mail = wanted.has('mail') ? writers.get('mail') : undefined;
  const files: CarriedReport['files'][number][] = [];
  for (const [format, writer] of writers) {
    if (format === 'mail' || !wanted.has(format)) continue;
    const content = await writer.write(document);
    files.push({
      name: `ai-report-${kept.period.replace(/[^\w.-]/g, '_')}.${writer.extension}`,
      mediaType: writer.mediaType,
      content,
    });
  }
  return {
    text: mail === undefined ? undefined : mailWords(document).text,
    html: mail === undefined ? undefined : new TextDecoder().decode(await mail.write(document)),
    recipients: list?.recipients ?? [],
    files,
  };
}
