import { foldName } from '../catalog/compile.js';
import type { Detector } from './common/detector.js';
import { seenInBrowser } from './common/seen.js';

/** An application that was granted access, or was signed in to by its application id. */
export const detector: Detector = {
  title: 'OAuth app',
  detect(event, catalog) {
    if ((event.kind !== 'grant' && event.kind !== 'signin') || seenInBrowser(event)) return [];
    const byId = event.app_id === undefined ? undefined : catalog.appIds.get(event.app_id.toLowerCase());
    const byName = event.app === undefined ? undefined : catalog.oauthNames.get(foldName(event.app));
    const rule = byId ?? byName;
    // The name of a wider product (Slack, Zoom) is not use of the AI inside it.
    if (rule === undefined || (byId === undefined && rule.service.embedded)) return [];
    const what = event.kind === 'grant' ? 'was granted access' : 'was signed in to';
    return [
      {
        service: rule.service.id,
        signature: `oauth app ${rule.value}`,
        reason: `${byId === undefined ? `an app named ${rule.value}` : `application id ${rule.value} of ${rule.service.name}`} ${what}`,
        // Anybody may give an app a name.
        confidence: byId === undefined ? 'medium' : rule.confidence,
        strength: event.kind === 'grant' ? 'permission' : 'account',
        account: event.kind === 'signin' ? 'enterprise' : undefined,
      },
    ];
  },
};
