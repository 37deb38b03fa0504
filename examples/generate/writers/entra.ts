import { isoTime, stamp } from '../time.js';
import type { Rec, Writer } from '../types.js';
import { csv, lines, uuid } from './shared.js';

const errorCode = (rec: Rec): number => (rec.blocked ? 50126 : 0);
/** Entra writes seven digits after the second. */
const sevenDigits = (rec: Rec): string => `${isoTime(rec.at).replace(/(\.\d+)?Z$/, '')}.0000000`;

const signIn = (rec: Rec) => ({
  id: uuid(rec),
  userDisplayName: `${rec.who.first} ${rec.who.last}`,
  userPrincipalName: rec.who.email,
  userId: uuid(rec, 4),
  appId: rec.appId,
  appDisplayName: rec.app,
  ipAddress: '192.0.2.77',
  clientAppUsed: 'Browser',
  userAgent: rec.agent,
  conditionalAccessStatus: 'success',
  isInteractive: true,
  status: {
    errorCode: errorCode(rec),
    failureReason: rec.blocked ? 'Invalid username or password.' : 'Other.',
  },
  deviceDetail: { deviceId: '', displayName: rec.who.device, operatingSystem: 'Windows 11', browser: 'Edge 141.0.0' },
});

/** Entra sign-ins as diagnostic settings write them. */
export const entraSignin: Writer = {
  ...lines,
  format: 'entra-signin',
  line: (rec) =>
    JSON.stringify({
      time: `${sevenDigits(rec)}Z`,
      resourceId: '/tenants/00000000-0000-4000-a000-0000000000ac/providers/Microsoft.aadiam',
      operationName: 'Sign-in activity',
      category: categories[rec.via],
      resultType: String(errorCode(rec)),
      callerIpAddress: rec.via === 'service-principal' ? rec.who.address : '192.0.2.77',
      correlationId: uuid(rec, 8),
      Level: 4,
      properties: { createdDateTime: `${sevenDigits(rec)}+00:00`, ...details(rec) },
    }),
};

const categories = {
  '': 'SignInLogs',
  token: 'NonInteractiveUserSignInLogs',
  'service-principal': 'ServicePrincipalSignInLogs',
} as const;

const details = (rec: Rec): object => {
  if (rec.via === 'token') return { ...signIn(rec), isInteractive: false, signInEventTypes: ['nonInteractiveUser'] };
  return rec.via === 'service-principal' ? programSignIn(rec) : signIn(rec);
};

/** A program with a secret of its own: no user is in it. */
const programSignIn = (rec: Rec) => ({
  id: uuid(rec),
  servicePrincipalName: rec.app,
  servicePrincipalId: uuid(rec, 4),
  appId: rec.appId,
  appDisplayName: rec.app,
  resourceDisplayName: 'Microsoft Graph',
  ipAddress: rec.who.address,
  signInEventTypes: ['servicePrincipal'],
  status: { errorCode: errorCode(rec) },
});

/** One page of Microsoft Graph `auditLogs/signIns`. */
export const entraGraph: Writer = {
  ...lines,
  format: 'entra-graph-signin',
  layout: {
    open: '{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#auditLogs/signIns","value":[',
    close: ']}',
  },
  line: (rec) => JSON.stringify({ createdDateTime: isoTime(rec.at), ...signIn(rec) }),
};

/** The portal's download; two of its column names end in a blank. */
export const entraCsv: Writer = {
  ...lines,
  format: 'entra-signin-csv',
  header: [
    'Date (UTC),Request ID,User agent,Correlation ID,User ID,User,Username,User type,Application,Application ID ,Resource,Resource ID ,IP address,Location,Status,Sign-in error code,Failure reason,Client app,Device ID,Browser,Operating System',
  ],
  line: (rec) =>
    csv([
      `${stamp(rec.at).replace(' ', 'T')}Z`,
      uuid(rec),
      rec.agent,
      uuid(rec, 8),
      uuid(rec, 4),
      `${rec.who.first} ${rec.who.last}`,
      rec.who.email,
      'Member',
      rec.app,
      rec.appId,
      'Windows Azure Active Directory',
      '00000002-0000-0000-c000-000000000000',
      '192.0.2.77',
      'Bern, Bern, CH',
      rec.blocked ? 'Failure' : 'Success',
      errorCode(rec),
      rec.blocked ? 'Invalid username or password.' : 'Other.',
      'Browser',
      '',
      'Edge 141.0.0',
      'Windows 11',
    ]),
};
