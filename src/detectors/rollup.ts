import type { Detector } from './common/detector.js';

/** What another engine found with the exported catalog: the row says service and strength itself. */
export const detector: Detector = {
  title: 'roll-up',
  detect({ rollup }, catalog) {
    const service = rollup && catalog.services.get(rollup.service);
    if (service === undefined) return [];
    return [
      {
        service: service.id,
        signature: `roll-up ${service.id}`,
        reason: `a query with the exported catalog counted ${rollup?.count ?? 0} for ${service.name}`,
        confidence: rollup?.confidence ?? service.confidence,
        strength: rollup?.strength ?? 'declared',
        account: rollup?.accountKind === 'unknown' ? undefined : rollup?.accountKind,
      },
    ];
  },
};
