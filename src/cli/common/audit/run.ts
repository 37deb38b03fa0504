import { verifierKey } from '../../../core/signed-note.js';
import { safeJson, safeLine } from '../../../core/terminal.js';
import { acceptLoss } from '../../../jobs/audit/accept.js';
import { makeCheckpoint } from '../../../jobs/audit/checkpoint.js';
import { alarmChannels } from '../../../jobs/audit/hourly.js';
import { badSentence } from '../../../jobs/audit/notices.js';
import type { CheckpointParts } from '../../../jobs/audit/parts.js';
import { writeDurably } from '../../../store/durable.js';
import { openConfig } from '../config.js';
import { CliError, exitCodes, explainWriteError } from '../errors.js';
import { type Beside, besideService } from '../service/beside.js';
import { openDatabase } from '../service/database.js';
import { armFaults } from '../service/faults.js';
import { signerFor } from '../service/keys.js';
import { auditSetupOf } from '../service/setup.js';
import { showLog, timeOption } from './show.js';
import { checkpointKey, isGood, verifyLog } from './verify.js';
import { verifyJson, verifyText } from './verify-text.js';

const say = (line: string): void => void process.stderr.write(`halflight: ${safeLine(line)}\n`);

/** `audit verify` */
export async function verifyCommand(options: {
  config?: string;
  checkpoint: readonly string[];
  key: readonly string[];
  json?: boolean;
}): Promise<{ text: string; good: boolean }> {
  const { config } = openConfig({ config: options.config }, say);
  const given = options.key.map(checkpointKey);
  const store = await openDatabase(config, { join: true, migrate: false });
  try {
    // Who names a key needs none of this installation, and may be on another machine.
    const signer = given.length > 0 ? undefined : signerFor(config);
    const keys = signer === undefined ? given : [{ publicKey: signer.publicKey }];
    const { folder, copyTo } = auditSetupOf(config);
    const folders = [folder, ...(copyTo === undefined ? [] : [copyTo])];
    const found = await verifyLog(store.db, { log: signer?.name, keys, folders, given: options.checkpoint });
    const names = keys.map(({ name, publicKey }) => verifierKey({ name: name ?? signer?.name ?? 'pem', publicKey }));
    const text =
      options.json === true ? `${safeJson(JSON.stringify(verifyJson(found, names), null, 2))}\n` : verifyText(found);
    return { text, good: isGood(found) };
  } finally {
    await store.close();
  }
}

/** `audit key` */
export function keyCommand(options: { config?: string; out?: string }): string {
  const { config } = openConfig({ config: options.config }, say);
  const signer = signerFor(config);
  if (options.out !== undefined)
    try {
      writeDurably(options.out, signer.publicKey.export({ type: 'spki', format: 'pem' }));
    } catch (error) {
      throw new CliError(explainWriteError(error, options.out));
    }
  return verifierKey(signer);
}

/** `audit show` */
export async function showCommand(options: {
  config?: string;
  since?: string;
  until?: string;
  action?: string;
  subject?: string;
  json?: boolean;
}): Promise<void> {
  const { config } = openConfig({ config: options.config }, say);
  const zone = config.organisation.timezone;
  const since = timeOption(options.since, zone, '--since');
  const until = timeOption(options.until, zone, '--until');
  const store = await openDatabase(config, { join: true, migrate: false });
  try {
    const { action, subject, json = false } = options;
    await showLog(store.db, { since, until, action, subject }, json);
  } finally {
    await store.close();
  }
}

const partsOf = ({ opened, store }: Beside): CheckpointParts => ({
  db: store.db,
  signer: signerFor(opened.loaded.config),
  now: Date.now,
  log: { warn: (_about, message) => say(message), error: (_about, message) => say(message) },
  audit: auditSetupOf(opened.loaded.config),
  alarm: alarmChannels(opened.setup),
});

const slotOfNow = (): number => Math.floor(Date.now() / 60_000);

/** `audit checkpoint` */
export function checkpointCommand(config: string | undefined): Promise<{ text: string; refused: string | undefined }> {
  armFaults(process.env);
  return besideService(config, async (beside) => {
    const made = await makeCheckpoint(partsOf(beside), slotOfNow());
    return made.outcome === 'refused'
      ? { text: '', refused: `not signed: ${badSentence(made.bad)}; "halflight audit verify" says more` }
      : { text: made.checkpoint.note, refused: undefined };
  });
}

/** `audit accept-loss` */
export function acceptCommand(config: string | undefined, why: string): Promise<string> {
  armFaults(process.env);
  const reason = why.trim();
  if (reason === '' || reason.length > 1000)
    throw new CliError('--why takes a reason of 1 to 1,000 characters', exitCodes.usage);
  return besideService(config, async (beside) => {
    const accepted = await acceptLoss(partsOf(beside), { who: beside.who, why: reason, slot: slotOfNow() });
    if (accepted.outcome === 'nothing-lost')
      throw new CliError('nothing is lost: the log holds all records that its checkpoints know');
    if (accepted.outcome === 'broken')
      throw new CliError(
        `record ${accepted.record} does not fit the chain, so that nothing can go on behind it: restore a backup of before that, or begin a new installation`,
      );
    const { from, to, checkpoint } = accepted;
    return `Records ${from} to ${to} are given up; the log says so, and goes on as epoch ${checkpoint.epoch} with ${checkpoint.size} records. Keep the older checkpoints.`;
  });
}
