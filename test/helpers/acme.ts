import type { Expected, ExpectedFinding } from '../../examples/generate/expected/types.js';
import type { Report, ReportFinding } from '../../src/reports/schema.js';

/**
 * Where a report of examples/acme differs from what was planted, one sentence for each difference; empty when they agree. Everything
 * counts: also findings, candidates, rejects and signals that nobody planted.
 */
export function compareFindings(report: Report, expected: Expected): string[] {
  const differences: string[] = [];
  const compare = (what: string, actual: unknown, planted: unknown): void => {
    const [is, ought] = [JSON.stringify(actual), JSON.stringify(planted)];
    if (is !== ought) differences.push(`${what}: ${is}, planted ${ought}`);
  };
  const both = <T, U>(
    what: string,
    actual: Map<string, T>,
    planted: Map<string, U>,
    each: (a: T, p: U) => void,
  ): void => {
    for (const key of new Set([...actual.keys(), ...planted.keys()])) {
      const [a, p] = [actual.get(key), planted.get(key)];
      if (a === undefined) differences.push(`${what} ${key} is missing`);
      else if (p === undefined) differences.push(`${what} ${key} was not planted: ${JSON.stringify(a).slice(0, 300)}`);
      else each(a, p);
    }
  };

  compare('period', report.period, expected.period);
  compare('problems', report.problems, []);
  compare('not read', report.coverage.not_read, []);
  both(
    'finding',
    byKey(report.findings, (f) => f.id),
    byKey(expected.findings, idOf),
    (actual, planted) => {
      for (const [name, value, ought] of findingFields(actual, planted))
        compare(`${idOf(planted)} ${name}`, value, ought);
    },
  );
  both('bypass', actualBypass(report), plantedBypass(expected), (a, p) => compare('bypass', a, p));
  compare('no sign-in', actualNoSignIn(report), expected.noSignIn);
  compare('survey', actualSurvey(report), expected.survey);
  compare('unseen', report.unseen.map(({ entry }) => entry).sort(), [...expected.unseen].sort());
  compare(
    'lapsing soon',
    report.lapsing_soon.map(({ entry, what, date, days }) => ({ entry, what, date, days })),
    expected.lapsingSoon,
  );
  both(
    'candidate',
    byKey(report.candidates, ({ kind, subject }) => `${kind} ${subject}`),
    byKey(expected.candidates, ({ kind, subject }) => `${kind} ${subject}`),
    (a, p) => compare(`candidate ${p.subject} events`, a.events, p.events),
  );
  const inputs = byKey(report.coverage.inputs, ({ file }) => file.replace(/^.*?\/logs\//, ''));
  both('input', inputs, new Map(Object.entries(expected.formats)), (input, format) => {
    const path = input.file.replace(/^.*?\/logs\//, '');
    compare(`${path} format`, input.format, format);
    compare(`${path} records`, input.records, expected.records[path] ?? 0);
    compare(`${path} skipped`, input.skipped, expected.skipped[path] ?? 0);
    compare(
      `${path} rejected`,
      input.rejected,
      Object.values(expected.rejected[path] ?? {}).reduce((sum, count) => sum + count, 0),
    );
  });
  for (const [name, planted] of Object.entries(expected.metrics)) compare(name, metric(report, name), planted);
  return differences;
}

const idOf = (finding: ExpectedFinding): string => `${finding.service}/${finding.accountKind}`;

function byKey<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T> {
  return new Map(items.map((item) => [keyOf(item), item]));
}

function findingFields(actual: ReportFinding, planted: ExpectedFinding): [name: string, is: unknown, ought: unknown][] {
  const groups = actual.verdicts_by_group
    .map(({ group, verdict, actors, events }) => ({ group, verdict, actors, events }))
    .sort((a, b) => (a.group < b.group ? -1 : 1));
  return [
    ['verdict', actual.verdict, planted.verdict],
    ['entry', actual.entry, planted.entry],
    ['reason names the entry', planted.entry === null || actual.reason.includes(planted.entry), true],
    ['people', actual.people, planted.people],
    ['actors', actual.actors, planted.actors],
    ['events', actual.events, planted.events],
    ['attempts', actual.attempts, planted.attempts],
    ['first', actual.first, planted.first],
    ['last', actual.last, planted.last],
    ['contact only', actual.contact_only, planted.contactOnly],
    ['claimed only', actual.claimed_only, planted.claimedOnly],
    ['unverified', actual.unverified, { ...planted.unverified, attempts: 0 }],
    ['spend', actual.spend, planted.spend],
    [
      'days',
      Object.fromEntries(actual.days.map(({ day, events, attempts }) => [day, [events, attempts]])),
      planted.days,
    ],
    ['verdicts by group', groups, planted.groups ?? []],
  ];
}

interface Bypass {
  people: number;
  groups: number;
  withAccess: number;
}

/** Reports sum bypass over groups, so that no small group is told. */
function actualBypass(report: Report): Map<string, Bypass> {
  const found = report.findings.flatMap(({ id, signals }) =>
    signals
      .filter(({ name }) => name === 'bypass')
      .map(
        ({ numbers }) =>
          [
            id,
            { people: numbers.people ?? 0, groups: numbers.groups ?? 0, withAccess: numbers.withAccess ?? 0 },
          ] as const,
      ),
  );
  return new Map(found);
}

function plantedBypass(expected: Expected): Map<string, Bypass> {
  const planted = new Map<string, Bypass>();
  for (const { instead, accountKind, people, withAccess } of expected.bypass) {
    const sum = planted.get(`${instead}/${accountKind}`) ?? { people: 0, groups: 0, withAccess: 0 };
    planted.set(`${instead}/${accountKind}`, {
      people: sum.people + people,
      groups: sum.groups + 1,
      withAccess: sum.withAccess + withAccess,
    });
  }
  return planted;
}

function metric(report: Report, name: string): number | undefined {
  const { totals } = report;
  switch (name) {
    case 'servicesRegistered':
      return report.measures.find((measure) => measure.name === 'services-registered')?.numerator;
    case 'findingsToActOn':
      return totals.findings_to_act_on;
    default:
      return (totals as Readonly<Record<string, number>>)[name];
  }
}

function actualNoSignIn(report: Report): Expected['noSignIn'] {
  const found = report.findings.flatMap(({ id, signals }) =>
    signals
      .filter(({ name }) => name === 'no-sign-in')
      .map(({ numbers: { people = 0, signedIn = 0, withoutSignIn = 0, paidPrivately = 0, personalAccount = 0 } }) => ({
        ...{ finding: id, people, signedIn, withoutSignIn, paidPrivately, personalAccount },
      })),
  );
  return found.sort((a, b) => (a.finding < b.finding ? -1 : 1));
}

function actualSurvey({ survey }: Report): Expected['survey'] | null {
  if (survey === null) return null;
  const services = survey.services.map((one) => ({
    service: one.service,
    declaredAndSeen: one.declared_and_seen,
    declaredNotSeen: one.declared_not_seen,
    seenNotDeclared: one.seen_not_declared,
  }));
  return { answered: survey.answered, services: services.sort((a, b) => (a.service < b.service ? -1 : 1)) };
}
