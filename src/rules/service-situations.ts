import type { RuleKind } from '../core/alert.js';
import { strengths } from '../core/hit.js';
import { actionable, type Verdict } from '../core/register.js';
import type { FindingFact, ServiceFact } from './facts.js';
import { among, fold, type Rule, type Situation } from './situation.js';

/** Groups with fewer people are named without a number: it would tell who. */
const smallGroup = 5;
/** Verdicts that each kind looks for where the rule names none. */
const verdictsOf: Partial<Record<RuleKind, readonly Verdict[]>> = {
  'new-unapproved-vendor': ['unregistered'],
  'denied-in-use': ['denied', 'retired'],
  'wrong-account': ['wrong-account'],
  'lapsed-exception': ['lapsed'],
};
const unapproved: readonly Verdict[] = [...actionable, 'in-review'];
const register = 'Register it in the inventory with an owner and have it approved; the alert ends by itself.';
const ways: Partial<Record<RuleKind, string>> = {
  'denied-in-use':
    'Say to those who use it what they may use instead, and block it where that is not enough; or decide anew in the inventory.',
  'wrong-account':
    'Have people sign in with the account of the organisation, or allow other accounts in the inventory.',
  'lapsed-exception': 'Review the entry in the inventory and set its next date, or let it end and say so.',
  'sensitive-group': 'Ask the group what they use it for; allow the group in the inventory, or offer what is approved.',
  'upload-volume': 'Look at the evidence for what is sent; approve it for these data in the inventory, or stop it.',
};

/** What a rule sees in a service. `open`: subjects of its alerts about the service that are not over. */
export function serviceSituations(rule: Rule, fact: ServiceFact, open: ReadonlySet<string>): Situation[] {
  const { when } = rule;
  if (!among(when.services, fact.service) || !among(when.categories, fact.category)) return [];
  const fitting = fact.findings.filter((finding) => inUse(finding) && fits(rule, finding));
  const [worst] = [...fitting].sort((a, b) => b.risk - a.risk || (a.id < b.id ? -1 : 1));
  if (worst === undefined) return [];
  const wanted = when.verdicts ?? verdictsOf[rule.kind];
  const judged = (findings: readonly FindingFact[], among: readonly Verdict[] | undefined): FindingFact[] =>
    findings.filter(({ verdict }) => among === undefined || (verdict !== 'attempted' && among.includes(verdict)));
  switch (rule.kind) {
    case 'new-unapproved-vendor': {
      const found = judged(fitting, wanted);
      return whole(
        rule,
        fact,
        found,
        `service/${fact.service}`,
        `New: ${named(fact)} is in use, and nobody approved it`,
      );
    }
    case 'first-use-of-category': {
      const subject = `category/${fact.category ?? 'none'}`;
      const found = judged(fitting, wanted ?? unapproved);
      if (fact.category === null || (!fact.firstOfCategory && !open.has(subject))) return [];
      return whole(rule, fact, found, subject, `First use of the category ${fact.category}: ${named(fact)}`);
    }
    case 'denied-in-use':
    case 'wrong-account':
    case 'lapsed-exception': {
      const words = {
        'denied-in-use': 'is in use all the same',
        'wrong-account': 'is used with accounts that are not allowed',
        'lapsed-exception': 'is in use past its date',
      }[rule.kind];
      return judged(fitting, wanted).map((finding) =>
        each(rule, fact, finding, finding.id, `${named(fact)}${account(finding)}, ${finding.verdict}, ${words}`),
      );
    }
    case 'sensitive-group':
      return judged(fitting, wanted ?? unapproved).flatMap((finding) =>
        finding.groups
          .filter(({ name }) => (when.groups ?? []).some((group) => fold(group) === fold(name)))
          .map((group) =>
            each(
              rule,
              fact,
              finding,
              `${finding.id} in ${group.name}`,
              `${named(fact)}${account(finding)} is used in ${group.name}, which works with sensitive data`,
              {
                group: group.name,
                ...(group.people >= smallGroup ? { people: group.people } : { people: null }),
              },
            ),
          ),
      );
    case 'upload-volume':
      return judged(fitting, wanted).flatMap((finding) => {
        const over = when.bytes_per_day !== undefined && finding.bytesPerDay > when.bytes_per_day;
        const grown = finding.growth && (when.growth ?? when.bytes_per_day === undefined);
        if (!over && !grown) return [];
        const what = over ? `more than ${bytes(when.bytes_per_day ?? 0)} in a day` : 'much more than usual';
        return [
          each(
            rule,
            fact,
            finding,
            finding.id,
            `${named(fact)}${account(finding)} is sent ${what}`,
            { bytes_per_day: finding.bytesPerDay, growth: finding.growth },
            over ? `About ${bytes(finding.bytesPerDay)} were sent to it on a day.` : (finding.said.growth ?? ''),
          ),
        ];
      });
    default:
      return [];
  }
}

const inUse = ({ state, verdict, claimedOnly }: FindingFact): boolean =>
  state !== 'resolved' && verdict !== 'attempted' && !claimedOnly;

function fits({ kind, when }: Rule, finding: FindingFact): boolean {
  if (!among(when.accounts, finding.accountKind)) return false;
  if (when.strength !== undefined && strengths.indexOf(finding.strength) < strengths.indexOf(when.strength))
    return false;
  if (finding.people < (when.people ?? 0) || finding.risk < (when.risk ?? 0)) return false;
  if (when.groups === undefined || kind === 'sensitive-group') return true;
  const wanted = new Set(when.groups.map(fold));
  return finding.groups.some(({ name }) => wanted.has(fold(name)));
}

/** One alert about the service, by the finding of most risk among those that fit. */
function whole(
  rule: Rule,
  fact: ServiceFact,
  found: readonly FindingFact[],
  subject: string,
  title: string,
): Situation[] {
  const [worst] = [...found].sort((a, b) => b.risk - a.risk || (a.id < b.id ? -1 : 1));
  return worst === undefined ? [] : [each(rule, fact, worst, subject, title)];
}

function each(
  rule: Rule,
  fact: ServiceFact,
  finding: FindingFact,
  subject: string,
  title: string,
  more: Readonly<Record<string, unknown>> = {},
  why = '',
): Situation {
  const { reason, events, attempts, entry, lastSeen } = finding.said;
  return {
    subject,
    service: fact.service,
    source: null,
    title,
    text: [why, reason].filter((part) => part !== '').join(' '),
    details: {
      finding: finding.id,
      service: fact.service,
      vendor: fact.vendor,
      category: fact.category,
      account_kind: finding.accountKind,
      verdict: finding.verdict,
      entry,
      risk: finding.risk,
      strength: finding.strength,
      people: finding.people,
      events,
      attempts,
      last_seen: lastSeen,
      way: ways[rule.kind] ?? register,
      ...more,
    },
  };
}

const named = ({ name, vendor }: ServiceFact): string =>
  vendor === null || name.toLowerCase().includes(vendor.toLowerCase()) ? name : `${name} (${vendor})`;
const account = ({ accountKind }: FindingFact): string =>
  accountKind === 'unknown' ? '' : ` with ${accountKind === 'enterprise' ? 'an enterprise' : 'a personal'} account`;

/** For people: `2.1 GB`. */
function bytes(value: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  return `${Number((value / 1000 ** power).toFixed(1))} ${units[power] ?? 'B'}`;
}
