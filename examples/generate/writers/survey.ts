import { wall } from '../time.js';
import type { Writer } from '../types.js';
import { csv, lines } from './shared.js';

const accounts = { '': '', personal: 'My own (private) account', enterprise: 'My work account' } as const;

/** Answers to a form, as a spreadsheet of them is exported. */
export const survey: Writer = {
  ...lines,
  format: 'survey-csv',
  header: ['Timestamp,Email Address,Which AI tools do you use?,With which account?'],
  line: (rec) => {
    const { year, month, day, clock } = wall(rec.at);
    return csv([`${year}-${month}-${day} ${clock}`, rec.who.email, rec.app, accounts[rec.account]]);
  },
};
