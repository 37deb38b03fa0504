import type { GooglePart } from './options.js';

/** Each has a token of its own, so that one that was not delegated stops only what needs it. */
export type Scope = 'reports' | 'users' | 'grants' | 'browsers';

const urls: Readonly<Record<Scope, string>> = {
  reports: 'admin.reports.audit.readonly',
  users: 'admin.directory.user.readonly',
  // There is none that only reads; Halflight never changes anything with it.
  grants: 'admin.directory.user.security',
  browsers: 'admin.directory.device.chromebrowsers.readonly',
};

export const scopeUrl = (scope: Scope): string => `https://www.googleapis.com/auth/${urls[scope]}`;

export const scopeOf: Readonly<Record<GooglePart, Scope>> = {
  login: 'reports',
  saml: 'reports',
  token: 'reports',
  gemini: 'reports',
  chrome: 'reports',
  users: 'users',
  grants: 'grants',
  extensions: 'browsers',
};
