import { markDue } from '../store/claims.js';
import { usedServices } from '../store/findings.js';
import type { ServiceContext } from './context.js';

/** Has every finding looked at again: days pass, and with them use falls quiet, without new data. */
export async function recheck({ db, now, ring }: ServiceContext): Promise<string> {
  const services = await usedServices(db);
  await markDue(db, services, now(), null);
  ring('reconcile', 'due');
  return `${services.length} services to look at`;
}
