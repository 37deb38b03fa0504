import { foldName } from '../catalog/compile.js';
import type { Detector } from './common/detector.js';
import { seenInBrowser } from './common/seen.js';

/**
 * A sign-in through the organisation's identity provider to an app of the single-sign-on gallery, or the app assigned to somebody there (a
 * grant without scopes): an enterprise account.
 */
export const detector: Detector = {
  title: 'SAML app',
  detect(event, catalog) {
    const isAssigned = event.kind === 'grant' && (event.scopes ?? []).length === 0;
    if ((event.kind !== 'signin' && !isAssigned) || event.app === undefined || seenInBrowser(event)) return [];
    const rule = catalog.samlNames.get(foldName(event.app));
    // A sign-in to a wider product (Slack, Zoom) is not use of the AI inside it.
    if (rule === undefined || rule.service.embedded) return [];
    return [
      {
        service: rule.service.id,
        signature: `saml app ${rule.value}`,
        reason: isAssigned
          ? `the app ${rule.value} is assigned for single sign-on`
          : `signed in to the app ${rule.value} through single sign-on`,
        confidence: rule.confidence === 'low' ? 'low' : 'medium',
        strength: isAssigned ? 'permission' : 'account',
        account: 'enterprise',
      },
    ];
  },
};
