import { loadRegister } from '../registers.js';
import type { Db } from '../tables.js';

/** Where the people of the register come from: kept beside it, for who looks. */
export interface PeopleSummary {
  people: number;
  /** Known and no longer at work in any directory. */
  disabled: number;
  /** Accounts by source; the people file is `file`. */
  from: Record<string, number>;
  /** Accounts that could not be read. */
  unreadable: number;
  /** What contradicts itself, with both names. */
  problems: string[];
}

/** Undefined: nobody is known. */
export const peopleSummary = async (db: Db): Promise<PeopleSummary | undefined> =>
  (await loadRegister<PeopleSummary>(db, 'people-summary'))?.body;
