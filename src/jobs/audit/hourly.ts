import type { ServiceContext } from '../context.js';
import type { ServiceSetup } from '../setup.js';
import { makeCheckpoint } from './checkpoint.js';
import { badSentence } from './notices.js';

const hourMs = 3_600_000;

/** The channels that hear of it when the audit log is not what was signed. */
export const alarmChannels = ({ channels }: Pick<ServiceSetup, 'channels'>): string[] =>
  channels.filter(({ notices }) => notices.includes('audit.broken')).map(({ id }) => id);

/**
 * The checkpoint of this hour, also where nothing came to the log. Hours that were missed are one checkpoint: a late run is one for the
 * hour in which it runs.
 */
export async function hourlyCheckpoint(context: ServiceContext): Promise<string> {
  const { db, signer, now, log } = context;
  const setup = context.setup();
  if (setup.audit === undefined) return 'nothing to do';
  const parts = { db, signer, now, log, audit: setup.audit, alarm: alarmChannels(setup) };
  const made = await makeCheckpoint(parts, Math.floor(now() / hourMs) * 60);
  context.ring('deliver', 'due');
  if (made.outcome === 'refused') return `not signed: ${badSentence(made.bad)}`;
  const { size, epoch } = made.checkpoint;
  return `${size} records, epoch ${epoch}${made.outcome === 'there' ? ', made before' : ''}`;
}
