import type { Detector } from './common/detector.js';

/** A browser or editor extension, by its id in the store. */
export const detector: Detector = {
  title: 'extension',
  detect(event, catalog) {
    const rule =
      event.extension_id === undefined ? undefined : catalog.extensions.get(event.extension_id.toLowerCase());
    if (rule === undefined) return [];
    return [
      {
        service: rule.service.id,
        signature: `extension ${rule.value}`,
        reason: `extension ${rule.value} of ${rule.service.name} is installed`,
        confidence: rule.confidence,
        strength: 'visit',
      },
    ];
  },
};
