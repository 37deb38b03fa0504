import { join } from 'node:path';
import type { Catalog } from '../../catalog/compile.js';
import type { Event } from '../../core/event.js';
import { type CandidateHit, confidences, type Hit, strengths } from '../../core/hit.js';
import { loadPlugins } from '../../core/plugins.js';
import type { CandidateDetector, Detector, Glance } from './detector.js';

/** All detectors over one catalog. */
export interface Detection {
  /** One hit for each service that the event proves; among several proofs the surest, then the strongest. */
  detect(event: Event): Hit[];
  /** Asked only where `detect` found nothing. */
  suggest(event: Event): CandidateHit | undefined;
  /** Of these the prefilter looks for any. */
  needles: readonly string[];
  /** What all detectors together say of parts of a record. */
  glance: Required<Glance>;
}

export async function loadDetection(catalog: Catalog): Promise<Detection> {
  const folder = join(import.meta.dirname, '..');
  const detectors = await loadPlugins<Detector>(folder, 'detector');
  const candidates = await loadPlugins<CandidateDetector>(join(folder, 'candidates'), 'candidate');
  const list = [...detectors];
  const glances = [...detectors.values(), ...candidates.values()].flatMap((plugin) => plugin.glance?.(catalog) ?? []);
  return {
    detect(event) {
      const hits: Hit[] = [];
      for (const [id, detector] of list) {
        for (const { account, service, signature, reason, confidence, strength } of detector.detect(event, catalog))
          addHit(hits, {
            service,
            signature,
            reason,
            confidence,
            strength,
            detector: id,
            accountKind: account ?? 'unknown',
            attempt: event.action === 'blocked',
          });
      }
      return hits;
    },
    suggest(event) {
      for (const candidate of candidates.values()) {
        const suggestion = candidate.suggest(event, catalog);
        if (suggestion !== undefined) return suggestion;
      }
      return undefined;
    },
    needles: [
      ...new Set([
        ...[...detectors.values()].flatMap((detector) => detector.needles?.(catalog) ?? []),
        ...[...candidates.values()].flatMap((candidate) => candidate.needles?.() ?? []),
      ]),
    ],
    glance: {
      host: (host) => joined(glances.map((glance) => glance.host?.(host) ?? false)),
      agent: (agent) => glances.some((glance) => glance.agent?.(agent) === true),
      pathEnds: [...new Set(glances.flatMap((glance) => glance.pathEnds ?? []))],
    },
  };
}

/** True where one says so, else all paths. */
function joined(answers: readonly (boolean | readonly string[])[]): boolean | readonly string[] {
  let some = false;
  for (const answer of answers) {
    if (answer === true) return true;
    some ||= typeof answer !== 'boolean' && answer.length > 0;
  }
  if (!some) return false;
  const paths = answers.flatMap((answer) => (typeof answer === 'boolean' ? [] : answer));
  return [...new Set(paths)];
}

/** Several proofs of one service in one event are one hit; a known account kind is kept from whichever proof has it. */
function addHit(hits: Hit[], hit: Hit): void {
  const at = hits.findIndex((other) => other.service === hit.service);
  const other = hits[at];
  if (other === undefined) {
    hits.push(hit);
    return;
  }
  const better =
    confidences.indexOf(hit.confidence) - confidences.indexOf(other.confidence) ||
    strengths.indexOf(hit.strength) - strengths.indexOf(other.strength);
  const [winner, loser] = better > 0 ? [hit, other] : [other, hit];
  hits[at] = winner.accountKind === 'unknown' ? { ...winner, accountKind: loser.accountKind } : winner;
}
