import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { expect, test } from 'vitest';
import { money, share } from '../../src/reports/html/text.js';
import { reportToHtml } from '../../src/reports/html.js';
import { type Report, reportSchema } from '../../src/reports/schema.js';
import { reportToText } from '../../src/reports/terminal.js';
import { namedReport, realisticReport } from './fixture.js';

type Element = DefaultTreeAdapterTypes.Element;

/** Elements of a page, in its order. */
function elements(page: string): Element[] {
  const all: Element[] = [];
  const walk = (node: DefaultTreeAdapterTypes.Node): void => {
    if ('tagName' in node) all.push(node);
    if ('childNodes' in node) for (const child of node.childNodes) walk(child);
  };
  walk(parse(page));
  return all;
}

function textOf(node: DefaultTreeAdapterTypes.Node): string {
  if ('value' in node) return node.value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
}
const attribute = (element: Element, name: string): string | undefined =>
  element.attrs.find((attr) => attr.name === name)?.value;
const byClass = (page: string, name: string): Element[] =>
  elements(page).filter((element) => attribute(element, 'class')?.split(' ').includes(name));
const byId = (page: string, id: string): string =>
  elements(page)
    .filter((element) => attribute(element, 'id') === id)
    .map(textOf)
    .join('');

function emptyReport(): Report {
  const report = realisticReport();
  const totals = Object.fromEntries(Object.keys(report.totals).map((key) => [key, 0]));
  return reportSchema.parse({
    ...report,
    period: { from: '', to: '' },
    answer: 'In what was read, no AI service of the catalog was used.',
    totals,
    verdicts: {},
    findings: [],
    unseen: [],
    lapsing_soon: [],
    measures: [],
    inventory: { entries: 0, completeness: [] },
    candidates: [],
    other_candidates: 0,
    coverage: { inputs: [], not_read: [], shows: [] },
    problems: [],
  });
}

test('a catalog that expires is told before the numbers, and its version with what the report was made with', () => {
  const report = realisticReport();
  const notice = 'The catalog, version 12, expired on 2026-01-01. It is still used.';
  const told = reportToHtml({ ...report, catalog: { ...report.catalog, notice } });
  expect(byClass(told, 'doubts').map(textOf).join()).toContain('version 12, expired on 2026-01-01. It is still used');
  expect(byId(told, 'about')).toContain('version 12, 512 services');
  expect(byClass(reportToHtml(report), 'doubts').map(textOf).join()).not.toContain('expired');
  const text = reportToText({ ...report, catalog: { ...report.catalog, notice } }, { width: 80, colour: false });
  expect(text).toContain('WARNING: The catalog, version 12, expired on 2026-01-01.');
});

test('a new user reads first which AI to look at, why, how risky it is, and what to do', () => {
  const page = reportToHtml(realisticReport());
  const looks = byClass(page, 'look').flatMap((list) =>
    list.childNodes.filter((node) => node.nodeName === 'li').map(textOf),
  );
  expect(looks).toHaveLength(5);
  // By risk, whatever the order of the verdicts.
  expect(looks.map((text) => /\d+ (?:high|medium|low)/.exec(text)?.[0])).toEqual([
    '78 high',
    '72 high',
    '68 high',
    '61 high',
    '39 medium',
  ]);
  expect(looks[0]).toContain('DeepSeek Denied personal account');
  expect(looks[0]).toContain('Entry deepseek-chat (DeepSeek) denies DeepSeek, and it is still used: 9 people');
  expect(looks[0]).toContain('Stop the use');
  expect(looks[0]).toContain('Risk mainly from verdict (30), trains on customer data (12), jurisdiction (8).');
  expect(page.indexOf('class="answer"')).toBeLessThan(page.indexOf('class="look"'));
});

test('the key figures and the doubts stand at the top', () => {
  const page = reportToHtml(realisticReport());
  const figures = byClass(page, 'figure').map((figure) => textOf(figure));
  expect(figures.map((text) => text.slice(0, 24))).toEqual([
    expect.stringContaining('findings to act on8of 13'),
    expect.stringContaining('AI services in use11'),
    expect.stringContaining('people214and 9 other'),
    expect.stringContaining('events of use'),
    expect.stringContaining('sent to AI services3.'),
    expect.stringContaining('records read2,388,230'),
  ]);
  expect(byClass(page, 'doubts').map(textOf)).toEqual([
    'Read with care: 2 inputs could not be read in full; 1 problem in the inventory or the people file.',
  ]);
});

test('every finding stands under its verdict with its numbers, and its risk is the sum of what is listed', () => {
  const report = realisticReport();
  const page = reportToHtml(report);
  const rows = byClass(page, 'row').map(textOf);
  expect(rows).toHaveLength(report.findings.length);
  expect(rows[0]).toContain('DeepSeek DeepSeekpersonal78 high9of 11 actors48961 attempts184.2 MB');
  for (const finding of report.findings) {
    expect(byId(page, `v-${finding.verdict}`)).toContain(finding.name);
    const detail = byId(page, `f-${report.findings.indexOf(finding) + 1}`);
    for (const factor of finding.risk.factors) expect(detail).toContain(factor.why);
    expect(detail).toContain(`Risk ${finding.risk.score} of 100, ${finding.risk.level}: the sum of`);
  }
  for (const list of byClass(page, 'factors')) {
    const points = list.childNodes.map((item) => Number(/^\+\d+/.exec(textOf(item))?.[0] ?? Number.NaN));
    expect(report.findings.map((finding) => finding.risk.score)).toContain(points.reduce((a, b) => a + b, 0));
  }
});

test('a finding opens to who, how much, since when, and the records with file, line and hash', () => {
  const report = realisticReport();
  const detail = byId(reportToHtml(report), 'f-2');
  for (const text of [
    'Marketing16',
    'person-k3w7q2ma',
    'EUR 289.90, USD 40.00',
    'Out of scope',
    'Evidence: 6 of 1,348 hits',
  ])
    expect(detail).toContain(text);
  expect(detail).toContain('logs/proxy/access.log-20261031.gz:1715');
  expect(detail).toContain(report.findings[1]?.evidence[0]?.sha256.slice(0, 12));
  // Berlin is two hours ahead of UTC in October.
  expect(detail).toContain('2026-10-01 08:12:44');
});

test('the records themselves are shown only in a report with names', () => {
  expect(byId(reportToHtml(realisticReport()), 'f-1')).not.toContain('TCP_MISS');
  const named = reportToHtml(namedReport());
  expect(byId(named, 'f-1')).toContain('TCP_MISS/200 8812 POST https://chat.deepseek.example/api/chat');
  expect(byId(named, 'about')).toContain('Treat this file as personal data.');
});

test('candidates, the inventory, the measures and the coverage have their sections', () => {
  const page = reportToHtml(realisticReport());
  for (const text of ['promptforge.example', '+71 The name holds "prompt"', '-10 a pixel in the name'])
    expect(byId(page, 'candidates')).toContain(text);
  expect(byId(page, 'candidates')).toContain('14 further events were of candidates beyond those listed.');
  const register = byId(page, 'register');
  for (const text of ['ElevenLabs campaign', '2026-11-15', 'Claude Team', '41 %', 'business owner', '2026-13-01'])
    expect(register).toContain(text);
  const measures = byId(page, 'measures');
  expect(measures).toContain('9 of 12 services seen are named in the inventory.9 of 1275 %');
  // Nothing of nothing is no share.
  expect(measures).toContain('0 of 0\u2013');
  const coverage = byId(page, 'coverage');
  for (const text of [
    '1,290 rejected: fewer than ten fields',
    '4 skipped: blank line',
    'gzip data ends early',
    'backup.7z',
  ])
    expect(coverage).toContain(text);
  expect(coverage).toContain('grantnone');
  for (const text of ['Halflight 0.1.0', 'sha256:', 'Europe/Berlin', '2026-11-01', 'pseudonym'])
    expect(byId(page, 'about')).toContain(text);
});

test('the page needs nothing else and leads nowhere else', () => {
  const all = elements(reportToHtml(realisticReport()));
  const policy = all.find((element) => attribute(element, 'http-equiv') === 'Content-Security-Policy');
  expect(policy && attribute(policy, 'content')).toMatch(
    /^default-src 'none'; style-src 'unsafe-inline'; img-src data:;/,
  );
  expect(
    all.filter(({ tagName }) => ['script', 'iframe', 'object', 'embed', 'form', 'img', 'base'].includes(tagName)),
  ).toEqual([]);
  for (const element of all)
    for (const { name, value } of element.attrs) {
      expect(name).not.toMatch(/^on|^style$/);
      if (/href|src|action/.test(name)) expect(value).toMatch(/^#[a-z0-9-]+$|^data:image\/svg/);
    }
});

test('every link leads to a place of the page, and no place has two names', () => {
  const all = elements(reportToHtml(realisticReport()));
  const ids = all.flatMap((element) => attribute(element, 'id') ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  for (const element of all) {
    const target = attribute(element, 'href');
    if (target?.startsWith('#')) expect(ids).toContain(target.slice(1));
  }
});

test('a report without findings says so calmly in every section', () => {
  const page = reportToHtml(emptyReport());
  expect(byId(page, 'summary')).toContain('Nothing calls for action.');
  expect(byId(page, 'findings')).toContain('No AI service of the catalog was seen');
  expect(byId(page, 'register')).toContain('No inventory was given');
  expect(byId(page, 'coverage')).toContain('Nothing was read.');
});

test('a report of 600 findings and 5,000 rows of evidence stays small, and its counts exact', () => {
  const report = realisticReport();
  const [first] = report.findings;
  if (first === undefined) throw new Error('the fixture has no finding');
  const evidence = Array.from({ length: 9 }, (_, i) => first.evidence[i % first.evidence.length] ?? []).flat();
  const findings = Array.from({ length: 600 }, (_, i) => ({
    ...first,
    id: `service-${i}/unknown`,
    name: `Service ${i}`,
    evidence,
    evidence_cut: 541,
  }));
  const [input] = report.coverage.inputs;
  const inputs = Array.from({ length: 5000 }, () => input ?? []).flat();
  const page = reportToHtml({ ...report, findings, coverage: { ...report.coverage, inputs } });
  expect(Buffer.byteLength(page)).toBeLessThan(5_000_000);
  expect(byClass(page, 'row')).toHaveLength(600);
  expect(byId(page, 'v-denied')).toContain('600 findings');
  expect(byId(page, 'f-600')).toContain('Evidence: 2 of 550 hits');
  expect(byId(page, 'f-600')).toContain('and 548 more hits');
  expect(byId(page, 'coverage')).toContain('and 4,800 more inputs');
});

test('a finding that is not listed is counted', () => {
  const report = realisticReport();
  const findings = Array.from({ length: 1100 }, () => report.findings.at(-1) ?? []).flat();
  const page = reportToHtml({
    ...report,
    findings: [...report.findings, ...findings.map((finding) => ({ ...finding }))],
  });
  expect(byId(page, 'findings')).toContain('and 113 more findings, in report.json');
  expect(byId(page, 'v-attempted')).toContain('1,101 findings');
});

test('amounts follow their currency, shares never round to all or nothing', () => {
  expect([money('EUR', 123_450), money('JPY', 1234), money('KWD', 1234), money('?', -5)]).toEqual([
    'EUR 1,234.50',
    'JPY 1,234',
    'KWD 1.234',
    '? \u22120.05',
  ]);
  expect([share(1, 3), share(1, 100_000), share(99_999, 100_000), share(2, 2), share(0, 4)]).toEqual([
    '33 %',
    '< 0.1 %',
    '> 99.9 %',
    '100 %',
    '0 %',
  ]);
});
