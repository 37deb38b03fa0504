import { foldName } from '../catalog/compile.js';
import type { Detector } from './common/detector.js';
import { seenInBrowser } from './common/seen.js';

/** A sign-in through the organisation's identity provider to an app of the single-sign-on gallery: an enterprise account. */
export const detector: Detector = {
  title: 'SAML app',
  detect(event, catalog) {
    if (event.kind !== 'signin' || event.app === undefined || seenInBrowser(event)) return [];
    const rule = catalog.samlNames.get(foldName(event.app));
    // A sign-in to a wider product (Slack, Zoom) is not use of the AI inside it.
    if (rule === undefined || rule.service.embedded) return [];
    return [
      {
        service: rule.service.id,
        signature: `saml app ${rule.value}`,
        reason: `signed in to the app ${rule.value} through single sign-on`,
        confidence: rule.confidence === 'low' ? 'low' : 'medium',
        strength: 'account',
        account: 'enterprise',
      },
    ];
  },
};
