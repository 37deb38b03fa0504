import { signatureOf } from '../catalog/compile.js';
import { type Detector, networkStrength } from './common/detector.js';
import { literalPiece } from './common/needles.js';
import { counts, reachOf, ruleFor } from './common/target.js';

/** A request to, or a look-up of, a host of a service. */
export const detector: Detector = {
  title: 'host',
  detect(event, catalog) {
    const rule = ruleFor(event, catalog);
    if (rule === undefined || rule.match === 'path') return [];
    const how =
      rule.match === 'exact'
        ? 'is'
        : rule.match === 'wildcard'
          ? 'fits'
          : event.host === rule.host
            ? 'is'
            : 'lies under';
    return [
      {
        service: rule.service.id,
        signature: `host ${signatureOf(rule)}`,
        reason: `host ${event.host} ${how} ${rule.host} of ${rule.service.name}`,
        confidence: rule.confidence,
        strength: networkStrength(event, rule.role),
        account: rule.account,
        role: rule.role,
        protocol: rule.protocol,
      },
    ];
  },
  needles: (catalog) =>
    catalog.targetRules
      .filter((rule) => rule.path === undefined && !rule.weak && rule.role !== 'telemetry')
      .map((rule) => literalPiece(rule.host)),
  glance: (catalog) => ({ host: (host) => counts(reachOf(host, catalog).rule) }),
};
