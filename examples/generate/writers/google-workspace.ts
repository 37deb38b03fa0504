import { isoTime } from '../time.js';
import type { Rec, Writer } from '../types.js';
import { digits, lines } from './shared.js';

const activity = (rec: Rec, application: string, event: unknown): string =>
  JSON.stringify({
    kind: 'admin#reports#activity',
    id: {
      time: isoTime(rec.at),
      uniqueQualifier: digits(rec, 0, 14),
      applicationName: application,
      customerId: 'C00acme00',
    },
    actor: { callerType: 'USER', email: rec.who.email, profileId: `10${rec.who.id.slice(1)}` },
    ipAddress: '192.0.2.79',
    events: [event],
  });

/** Sign-ins to Google itself. */
export const googleLogin: Writer = {
  ...lines,
  format: 'google-workspace',
  ms: true,
  line: (rec) =>
    activity(rec, 'login', {
      type: 'login',
      name: rec.blocked ? 'login_failure' : 'login_success',
      parameters: [{ name: 'login_type', value: 'google_password' }],
    }),
};

/** Sign-ins to other apps through Google, in a page of the API. */
export const googleSaml: Writer = {
  ...lines,
  format: 'google-workspace',
  ms: true,
  layout: { open: '{"kind":"admin#reports#activities","items":[', close: ']}' },
  line: (rec) =>
    activity(rec, 'saml', {
      type: 'login',
      name: rec.blocked ? 'login_failure' : 'login_success',
      parameters: [
        { name: 'orgunit_path', value: '/' },
        { name: 'application_name', value: rec.app },
        { name: 'initiated_by', value: 'sp' },
      ],
    }),
};

/** Permissions that people gave to apps. */
export const googleToken: Writer = {
  ...lines,
  format: 'google-workspace',
  ms: true,
  line: (rec) =>
    activity(rec, 'token', {
      name: 'authorize',
      parameters: [
        { name: 'client_id', value: rec.appId },
        { name: 'app_name', value: rec.app },
        { name: 'client_type', value: 'WEB' },
        { name: 'scope', multiValue: rec.scopes },
      ],
    }),
};

/** Browser extensions that managed Chrome reports. */
export const googleChrome: Writer = {
  ...lines,
  format: 'google-workspace',
  ms: true,
  line: (rec) =>
    activity(rec, 'chrome', {
      type: 'BROWSER_EXTENSION_INSTALL_TYPE',
      name: 'BROWSER_EXTENSION_INSTALL',
      parameters: [
        { name: 'APP_ID', value: rec.extension },
        { name: 'APP_NAME', value: rec.app },
        { name: 'DEVICE_NAME', value: rec.who.device },
        { name: 'EVENT_RESULT', value: 'REPORTED' },
        { name: 'EXTENSION_ACTION', value: 'INSTALL' },
        { name: 'PROFILE_USER_NAME', value: rec.who.email },
      ],
    }),
};

/** Gemini inside of Gmail and Docs. */
export const googleGemini: Writer = {
  ...lines,
  format: 'google-workspace',
  ms: true,
  line: (rec) =>
    activity(rec, 'gemini_in_workspace_apps', {
      type: 'ai_usage_event',
      name: 'feature_utilization',
      parameters: [
        { name: 'app_name', value: rec.app },
        { name: 'action', value: 'summarize' },
      ],
    }),
};
