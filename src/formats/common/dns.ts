import type { Action } from '../../core/event.js';

/** What a response code (name or number) says of a query: the server refused it, or it went through, be there such a name or not. */
export const answerAction = (rcode: string | undefined): Action =>
  rcode !== undefined && /^(?:refused|5)$/i.test(rcode) ? 'blocked' : 'allowed';
