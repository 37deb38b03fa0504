import { createHash } from 'node:crypto';
import { readOnly } from '../../store/reads/read-only.js';
import type { Db } from '../../store/tables.js';
import type { ReportDocument } from '../blocks/block.js';
import { documentOf } from './document.js';
import type { PeriodFacts } from './facts.js';
import { type FactsAsk, loadFacts } from './load.js';

/** A report that was made of one snapshot of the database. */
export interface MadeReport {
  document: ReportDocument;
  facts: PeriodFacts;
  /** SHA-256 of the document as JSON: equal reports have equal hashes. */
  hash: string;
}

/** Longest time for one query. */
const queryMs = 600_000;

/** Makes a report. The same use, register and catalog give the same one, whenever it is asked for. */
export async function makeReport(db: Db, ask: FactsAsk | ((db: Db) => Promise<FactsAsk>)): Promise<MadeReport> {
  const facts = await readOnly(db, queryMs, async (snapshot) =>
    loadFacts(snapshot, typeof ask === 'function' ? await ask(snapshot) : ask),
  );
  const document = await documentOf(facts);
  return { document, facts, hash: documentHash(document) };
}

export const documentHash = (document: ReportDocument): string =>
  createHash('sha256').update(JSON.stringify(document)).digest('hex');
