import type { Detector } from './common/detector.js';
import { spokenServices } from './common/spoken-names.js';

const ways = {
  name: ['named', 'medium'],
  slip: ['named, with one letter wrong,', 'low'],
  sentence: ['mentioned', 'low'],
} as const;

/** A tool that somebody says they use. */
export const detector: Detector = {
  title: 'declared in a survey',
  detect({ declared, app }, catalog) {
    if (declared !== true || app === undefined) return [];
    return spokenServices(app, catalog).map(({ service, how }) => ({
      service: service.id,
      signature: `declared ${service.name}`,
      reason: `an answer to a survey ${ways[how][0]} ${service.name}`,
      confidence: ways[how][1],
      strength: 'declared',
    }));
  },
};
