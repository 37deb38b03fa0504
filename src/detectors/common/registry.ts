import { join } from 'node:path';
import type { Catalog } from '../../catalog/compile.js';
import { scoreOf, weightiest } from '../../core/candidate.js';
import type { Event } from '../../core/event.js';
import { type CandidateHit, type CandidateReason, confidences, type Hit, strengths } from '../../core/hit.js';
import { loadPlugins } from '../../core/plugins.js';
import type { UseKind } from '../../core/use.js';
import { candidateRules } from './candidate-rules.js';
import type { CandidateDetector, Detector, Glance } from './detector.js';
import { subjectOf } from './subject.js';
import { type Target, useKindOf } from './use-kind.js';

/** All detectors over one catalog. */
export interface Detection {
  /** One hit for each service that the event proves; among several proofs the surest, then the strongest. */
  detect(event: Event): Hit[];
  /**
   * What looks like AI and is in no catalog. To be asked where `detect` found nothing (`unattributed`): an SDK in the User-Agent
   * names who made it, not whom it talks to.
   */
  suggest(event: Event): Suggestion | undefined;
  /** Services of the catalog by id. */
  services: { has(id: string): boolean };
  /** Of these the prefilter looks for any. */
  needles: readonly string[];
  /** What all detectors together say of parts of a record. */
  glance: Required<Glance>;
}

export interface Suggestion extends CandidateHit {
  /** What of the subject the event shows: a host, an app id. */
  trace: string | undefined;
}

/** Whether these hits leave open where the event went. */
export const unattributed = (hits: readonly Hit[]): boolean => hits.every((hit) => hit.detector === 'user-agent');

export async function loadDetection(catalog: Catalog): Promise<Detection> {
  const folder = join(import.meta.dirname, '..');
  const detectors = await loadPlugins<Detector>(folder, 'detector');
  const candidates = await loadPlugins<CandidateDetector>(join(folder, 'candidates'), 'candidate');
  const list = [...detectors];
  const useKind = (detector: string, target: Target, id: string): UseKind => {
    const service = catalog.services.get(id);
    return service === undefined ? 'web' : useKindOf(detector, target, service);
  };
  const suggesting = [...candidates.values()];
  const glances = [...detectors.values(), ...candidates.values()].flatMap((plugin) => plugin.glance?.(catalog) ?? []);
  return {
    services: catalog.services,
    detect(event) {
      const hits: Hit[] = [];
      for (const [id, detector] of list) {
        for (const found of detector.detect(event, catalog)) {
          const { account, service, signature, reason, confidence, strength } = found;
          addHit(hits, {
            use: useKind(id, found, service),
            service,
            signature,
            reason,
            confidence,
            strength,
            detector: id,
            // What a signature says of its host is surer than what a page showed.
            accountKind: account ?? event.account ?? 'unknown',
            attempt: event.action === 'blocked',
          });
        }
      }
      return hits;
    },
    suggest(event) {
      const reasons: CandidateReason[] = [];
      for (const candidate of suggesting) reasons.push(...candidate.reasons(event, catalog));
      if (reasons.length === 0) return undefined;
      const score = scoreOf(reasons);
      if (score < candidateRules.threshold) return undefined;
      // Known hosts that do not count (weak, telemetry) are no candidates.
      if (event.host !== undefined && catalog.targets.find(event.host, event.path) !== undefined) return undefined;
      const subject = subjectOf(event);
      return subject && { ...subject, score, reasons: reasons.sort(weightiest) };
    },
    needles: [
      ...new Set([
        ...[...detectors.values()].flatMap((detector) => detector.needles?.(catalog) ?? []),
        ...[...candidates.values()].flatMap((candidate) => candidate.needles?.(catalog) ?? []),
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
