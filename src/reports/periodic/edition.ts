import { lastEditionLike, lateInputs } from '../../store/reports.js';
import type { Db } from '../../store/tables.js';
import type { ReportDocument } from '../blocks/block.js';
import type { MadeReport } from './make.js';
import { documentHash } from './make.js';
import { instantsOf } from './period.js';

/** The document as one of its editions: the first as it is; later ones say that they correct those before. */
export const editionOf = (document: ReportDocument, edition: number): ReportDocument =>
  edition <= 1
    ? document
    : {
        ...document,
        title: `${document.title} (revised)`,
        answer: `Revised, as data of this period came after its report was made. ${document.answer}`,
        about: [...document.about, { label: 'Edition', value: `${edition}, which corrects those before it` }],
      };

/**
 * The report as who asks now should see it: the edition that was sent where nothing changed, and a correction of it where data came
 * since. Where only catalog or register are other ones it is another report, and no correction.
 */
export async function asEdition(db: Db, { document, facts }: MadeReport): Promise<ReportDocument> {
  const { period, audience, zone } = facts;
  const sent = await lastEditionLike(db, {
    period: period.id,
    role: audience.role,
    group: audience.group ?? '',
    names: audience.names,
  });
  if (sent === undefined) return document;
  const same = editionOf(document, sent.edition);
  if (documentHash(same) === sent.hash) return same;
  const late = await lateInputs(db, { ...instantsOf(period, zone), since: sent.at });
  return late.chunks > 0 ? editionOf(document, sent.edition + 1) : document;
}
