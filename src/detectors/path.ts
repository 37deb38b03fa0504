import { signatureOf } from '../catalog/compile.js';
import { type Detector, networkStrength } from './common/detector.js';
import { literalPiece } from './common/needles.js';
import { reachOf, ruleFor } from './common/target.js';

/** A request to a path that only the AI part of a host has. */
export const detector: Detector = {
  title: 'path',
  detect(event, catalog) {
    const rule = ruleFor(event, catalog);
    if (rule?.path === undefined) return [];
    return [
      {
        service: rule.service.id,
        signature: `path ${signatureOf(rule)}`,
        reason: `path ${rule.path} on ${event.host} is ${rule.service.name}`,
        confidence: rule.confidence,
        strength: networkStrength(event, rule.role),
        account: rule.account,
        role: rule.role,
        protocol: rule.protocol,
      },
    ];
  },
  needles: (catalog) =>
    catalog.targetRules.flatMap((rule) => {
      if (rule.path === undefined) return [];
      const piece = literalPiece(rule.path);
      return [piece.length >= 5 ? piece : literalPiece(rule.host)];
    }),
  glance: (catalog) => ({ host: (host) => reachOf(host, catalog).paths }),
};
