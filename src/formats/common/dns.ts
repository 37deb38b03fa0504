import type { Action } from '../../core/event.js';
import { canonicalIp } from '../../core/host.js';
import type { Judge } from '../../core/layout.js';

/** What a response code (name or number) says of a query: the server refused it, or it went through, be there such a name or not. */
export const answerAction = (rcode: string | undefined): Action =>
  rcode !== undefined && /^(?:refused|5)$/i.test(rcode) ? 'blocked' : 'allowed';

/** Judges of the speed path: a client's address, a record type. */
export const isIpv4: Judge = (word) => !word.includes(':') && canonicalIp(word) === word;
export const isType: Judge = (word) => /^[A-Z][A-Z0-9]{0,14}$/.test(word);
