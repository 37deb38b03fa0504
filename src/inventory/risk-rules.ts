import type { Category } from '../catalog/categories.js';
import type { Strength } from '../core/hit.js';
import type { Verdict } from '../core/register.js';

/** The rule set of the risk score: data, with a version that every score carries. Points are 0 or more; a level begins at its score. */
export interface RiskRules {
  version: string;
  levels: { medium: number; high: number };
  service: {
    trains: { yes: number; notStated: number };
    /** Each of the two that is not confirmed. */
    soc2: number;
    iso27001: number;
    /** Countries without points; every other known one has `elsewhere`. */
    jurisdiction: { noPoints: readonly string[]; elsewhere: number; notKnown: number };
    category: Partial<Record<Category, number>>;
    /** The catalog is not sure what the service is. */
    lowConfidence: number;
  };
  usage: {
    strength: Record<Strength, number>;
    /** Points from this many people on; the last that fits counts. */
    people: readonly { from: number; points: number }[];
    /** Points from this many uploaded bytes on. */
    uploads: readonly { from: number; points: number }[];
    sensitiveGroup: number;
    personalAccount: number;
  };
  governance: {
    verdict: Record<Verdict | 'attempted', number>;
    /** Days since first seen, for verdicts that call for action. */
    age: readonly { from: number; points: number }[];
    noOwner: number;
  };
}

export const riskRules: RiskRules = {
  version: '2026.1',
  levels: { medium: 35, high: 60 },
  service: {
    trains: { yes: 12, notStated: 6 },
    soc2: 3,
    iso27001: 3,
    // The European Economic Area and the countries with an adequacy decision of the European Commission under GDPR article 45.
    jurisdiction: {
      noPoints: [
        'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK IS LI NO',
        'AD AR CA CH FO GB GG IL IM JE JP KR NZ US UY',
      ].flatMap((line) => line.split(' ')),
      elsewhere: 8,
      notKnown: 3,
    },
    category: {
      agent: 6,
      health: 6,
      hr: 6,
      meeting: 6,
      legal: 5,
      coding: 4,
      chat: 4,
      'model-api': 3,
      data: 3,
      support: 3,
      companion: 3,
      writing: 2,
      translation: 2,
      productivity: 2,
    },
    lowConfidence: 2,
  },
  usage: {
    strength: { declared: 0, contact: 0, visit: 4, transfer: 8, account: 8, permission: 12, payment: 8 },
    people: [
      { from: 5, points: 3 },
      { from: 20, points: 6 },
      { from: 100, points: 9 },
    ],
    uploads: [
      { from: 1_000_000, points: 2 },
      { from: 100_000_000, points: 5 },
      { from: 1_000_000_000, points: 8 },
    ],
    sensitiveGroup: 6,
    personalAccount: 5,
  },
  governance: {
    verdict: {
      denied: 30,
      retired: 20,
      'wrong-account': 24,
      'out-of-scope': 18,
      lapsed: 14,
      unregistered: 20,
      'in-review': 8,
      excepted: 5,
      conditional: 2,
      sanctioned: 0,
      attempted: 0,
    },
    age: [
      { from: 30, points: 3 },
      { from: 90, points: 6 },
    ],
    noOwner: 4,
  },
};
