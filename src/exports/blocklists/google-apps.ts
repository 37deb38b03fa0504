import { appSheet } from './common/sheet.js';

/** Source: Google Workspace Admin help, "Control which apps access Google Workspace data". */
export const blockListFormat = appSheet(
  'Google Workspace',
  'a work sheet: the apps to block in Google Workspace, with their ids',
  'google',
  {
    byId: 'Security, API controls, Manage app access: find the app by its client id, set access to Blocked',
    byName:
      'Security, API controls, Manage app access: look for the name, make sure of the client id, set access to Blocked',
  },
);
