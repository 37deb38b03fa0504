import { type Catalog, foldName } from '../catalog/compile.js';
import type { Service } from '../catalog/schema.js';
import type { Detector } from './common/detector.js';
import { seenInBrowser } from './common/seen.js';

const names = new WeakMap<Catalog, Map<string, Service>>();

/** Services by their own names; where two share one the first by id has it. */
function byName(catalog: Catalog): Map<string, Service> {
  let known = names.get(catalog);
  if (known === undefined) {
    known = new Map();
    for (const service of catalog.services.values()) {
      const name = foldName(service.name);
      if (!known.has(name)) known.set(name, service);
    }
    names.set(catalog, known);
  }
  return known;
}

/** An app that a managed browser or its extension names: `ChatGPT`, `GOOGLE_GEMINI`. */
export const detector: Detector = {
  title: 'app seen in the browser',
  detect(event, catalog) {
    if (event.app === undefined || event.declared === true || (event.kind !== 'activity' && !seenInBrowser(event)))
      return [];
    const name = foldName(event.app.replaceAll('_', ' '));
    const service =
      catalog.oauthNames.get(name)?.service ?? catalog.samlNames.get(name)?.service ?? byName(catalog).get(name);
    // The name of a wider product is not use of the AI inside it.
    if (service === undefined || service.embedded) return [];
    const signedIn = event.kind === 'signin';
    return [
      {
        service: service.id,
        signature: `app ${service.name}`,
        reason: `the browser saw ${signedIn ? 'a sign-in to' : 'use of'} an app named ${service.name}`,
        confidence: 'medium',
        strength: signedIn ? 'account' : 'visit',
      },
    ];
  },
};
