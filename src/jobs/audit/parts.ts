import type { Signer } from '../../core/signed-note.js';
import type { Db } from '../../store/tables.js';
import type { Log } from '../context.js';
import type { AuditSetup } from '../setup.js';

/** What is needed to make checkpoints of the audit log: by the service, and by commands beside it. */
export interface CheckpointParts {
  db: Db;
  signer: Signer;
  now(): number;
  log: Pick<Log, 'warn' | 'error'>;
  audit: AuditSetup;
  /** Ids of the channels that are told of it when the log is not what it was. */
  alarm: readonly string[];
}
