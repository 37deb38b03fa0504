import type { AcceptedLoss } from '../core/audit-walk.js';
import type { Db } from './tables.js';

/** What the record says by which records that are gone are given up. */
export const lossAction = 'audit.loss-accepted';

/** A loss as its record tells it. */
export interface LossRecord extends AcceptedLoss {
  /** Number of the record that says so. */
  seq: number;
  at: number;
  who: string;
  why: string;
  /** Numbers of the records that are gone, both inclusive. */
  from: number;
  to: number;
}

/** Losses that the log itself tells of, oldest first. A record that cannot be read is none. */
export async function acceptedLosses(db: Db): Promise<LossRecord[]> {
  const rows = await db
    .selectFrom('audit')
    .select(['seq', 'at', 'who', 'details'])
    .where('action', '=', lossAction)
    .orderBy('seq')
    .execute();
  return rows.flatMap(({ seq, at, who, details }) => {
    const { epoch, kept, from, to, why } = readObject(details);
    const numbers = [epoch, kept, from, to].map(Number);
    if (!numbers.every((value) => Number.isSafeInteger(value) && value >= 0) || typeof why !== 'string') return [];
    const [epochNumber = 0, keptNumber = 0, fromNumber = 0, toNumber = 0] = numbers;
    return [{ seq, at, who, why, epoch: epochNumber, kept: keptNumber, from: fromNumber, to: toNumber }];
  });
}

function readObject(text: string): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
