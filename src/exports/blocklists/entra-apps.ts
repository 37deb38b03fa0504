import { appSheet } from './common/sheet.js';

/** Source: Microsoft Learn, "Disable how a user signs in for an application". */
export const blockListFormat = appSheet(
  'Microsoft Entra',
  'a work sheet: the apps to block in Entra, with their ids',
  'entra',
  {
    byId: 'Enterprise applications: find the app by its id, set "Enabled for users to sign-in" to No; if it is not there, create its service principal first',
    byName:
      'Enterprise applications: look for the name, make sure of the publisher, set "Enabled for users to sign-in" to No',
  },
);
