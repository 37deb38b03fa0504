import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Catalog } from '../../catalog/compile.js';
import { isNotAi } from '../../core/candidate.js';
import type { Format } from '../../core/format.js';
import { describeProblem } from '../../core/problem.js';
import { dayOf } from '../../core/time.js';
import type { Usage } from '../../core/usage.js';
import { loadDetection } from '../../detectors/common/registry.js';
import { allFormats } from '../../formats/common/registry.js';
import { reconcile } from '../../inventory/reconcile.js';
import { buildReport } from '../../reports/build.js';
import { instant } from '../../reports/finding.js';
import { createLabels, type Labels } from '../../reports/people.js';
import type { Report } from '../../reports/schema.js';
import { withMapping } from '../../scan/mapped-formats.js';
import type { ScanOptions } from '../../scan/options.js';
import type { RejectSample } from '../../scan/result.js';
import { type ScanResult, scan } from '../../scan/scan.js';
import type { NotRead } from '../../scan/walk.js';
import { formatOf, loadMapping } from './inputs.js';
import { readLeases, unusedLeases } from './leases.js';
import { readNotAiFile } from './not-ai-file.js';
import { openCatalog } from './open-catalog.js';
import { Progress } from './progress.js';
import { givenPseudonymKey, pseudonymKeyOf } from './pseudonym-key.js';
import { readRegisters } from './registers.js';
import { expiryNotice } from './release/notice.js';
import { inputsOf, storedBytes } from './scan-inputs.js';
import type { Kept, KeptInput, ScanRequest } from './scan-types.js';
import { version } from './version.js';

export interface ScanOutcome {
  report: Report;
  catalog: Catalog;
  usage: readonly Usage[];
  labels: Labels;
  rejects: readonly RejectSample[];
  /** Lower-case words that name a person of the directory. */
  peopleWords: ReadonlySet<string>;
  /** What could not be done; empty when everything could. */
  incomplete: string[];
}

/** Scans, reconciles and reports. */
export async function runScan(paths: readonly string[], request: ScanRequest): Promise<ScanOutcome> {
  const catalog = await openCatalog(request.signatures, { data: request.data });
  const [known, detection] = await Promise.all([allFormats(), loadDetection(catalog)]);
  const mapping = await loadMapping(request.mapping);
  if (request.format !== undefined) formatOf(known, request.format);
  const formats = mapping === undefined ? known : withMapping(known, mapping, request.logZone);
  const registers = await readRegisters(request, new Set(catalog.services.keys()));
  const bought =
    request.contracts === undefined
      ? undefined
      : await (await import('./contracts.js')).readContractsFile(request.contracts, catalog.services.values());
  const aboutContracts = (bought?.problems ?? []).map(describeProblem);
  const notAi = isNotAi(request.notAi === undefined ? [] : readNotAiFile(request.notAi));
  const notRead: NotRead[] = [];
  const leases = await readLeases(request, { formats: known, detection }, notRead);
  registers.directory.use(leases.lookup);
  const progress = new Progress(process.stderr.isTTY);
  if (process.stderr.isTTY) progress.total = await storedBytes(paths, request);
  const inputs = inputsOf(paths, request, (problem) => notRead.push(problem));
  // With a database the whole input is kept, and the days are chosen when it is read back.
  const range =
    request.data === undefined
      ? { since: request.since, until: request.until }
      : { since: undefined, until: undefined };
  const options: ScanOptions = {
    formats,
    detection,
    mapping,
    format: request.format,
    zone: request.zone,
    logZone: request.logZone,
    ...range,
    resolve: (event) => registers.directory.resolve(event),
    hash: request.data !== undefined,
    provenance: 'observed',
    speedPath: true,
    progress: (bytes, lines) => progress.add(bytes, lines),
  };
  // Opened before the work: a folder that cannot be used is known at once, not after hours of reading.
  const results =
    request.data === undefined ? undefined : await (await import('./keep-results.js')).openResults(request.data);
  let result: ScanResult;
  let kept: Kept;
  try {
    result = await scan(inputs, notRead, options, {
      count: request.threads,
      services: [...catalog.services.values()],
      lowConfidence: catalog.lowConfidenceList.text,
      people: [...registers.directory.people.values()],
      leases: leases.lookup?.buffer,
    });
    progress.end();
    kept =
      results === undefined
        ? inMemory(result)
        : await results.keep(result, request, {
            catalog,
            people: request.people === undefined ? undefined : [...registers.directory.people.values()],
            // A file that gives nothing and has errors is broken, not empty.
            inventory:
              request.inventory === undefined || (registers.entries.length === 0 && registers.errors.length > 0)
                ? undefined
                : registers.entries,
          });
  } finally {
    await results?.close();
  }

  const labels = createLabels(request.names === true, registers.directory.people, pseudonymKey(request, result));
  const asOf = kept.period.to || dayOf(Date.now(), request.zone);
  const reconciled = reconcile({
    usage: kept.usage,
    entries: registers.entries,
    services: catalog.services,
    period: kept.period,
    asOf,
  });
  const report = buildReport({
    version,
    catalog,
    catalogNotice: expiryNotice(catalog.release, Date.now())?.text,
    zone: request.zone,
    logZone: request.logZone,
    period: kept.period,
    asOf,
    labels,
    usage: kept.usage,
    uses: kept.uses,
    evidence: kept.evidence,
    hits: kept.hits,
    repeated: kept.repeated,
    candidates: kept.candidates.filter((candidate) => !notAi(candidate)),
    otherCandidates: result.otherCandidates,
    inputs: kept.inputs.map((input) => describeInput(input, formats)),
    notRead: notRead.map(({ name, why }) => ({ file: name, why })),
    entries: registers.entries,
    reconciled,
    contracts: bought?.contracts ?? [],
    problems: [...registers.problems, ...aboutContracts, ...leases.problems, ...unusedLeases(request, result)],
  });
  const incomplete = [...notRead.map(({ name, why }) => `${name}: ${why}`), ...registers.errors, ...aboutContracts];
  return {
    report,
    catalog,
    usage: kept.usage,
    labels,
    rejects: result.inputs.flatMap((input) => input.rejectSamples),
    peopleWords: registers.directory.words(),
    incomplete,
  };
}

function inMemory(result: ScanResult): Kept {
  return {
    ...result,
    candidates: result.candidates.map(({ who, ...candidate }) => ({ ...candidate, actors: who.size })),
    inputs: result.inputs.map(
      ({ counts, name, format = null, confidence, why, bytes, hits, first, last, skips, rejects, problem = null }) => ({
        name,
        format: format ?? null,
        confidence,
        why,
        bytes,
        lines: counts.lines,
        records: counts.records,
        recordsWithEvents: counts.withEvents,
        events: counts.events,
        skipped: counts.skipped,
        rejected: counts.rejected,
        hits,
        first,
        last,
        skips,
        rejects,
        problem: problem ?? null,
      }),
    ),
  };
}

function describeInput(input: KeptInput, formats: ReadonlyMap<string, Format>): Report['coverage']['inputs'][number] {
  const { name, recordsWithEvents, first, last, skips, rejects, ...rest } = input;
  const format = input.format === null ? undefined : formats.get(input.format);
  return {
    file: name,
    ...rest,
    confidence: Math.round(input.confidence * 100) / 100,
    title: format?.title ?? null,
    kinds: [...(format?.kinds ?? [])],
    records_with_events: recordsWithEvents,
    first: instant(first),
    last: instant(last),
    skips: Object.fromEntries([...skips].sort()),
    rejects: Object.fromEntries([...rejects].sort()),
  };
}

/**
 * Key of the pseudonyms: HALFLIGHT_PSEUDONYM_KEY, or that of the data folder, or one derived from the input itself. Who has only the staff list cannot work a
 * pseudonym out; who has the logs and the people file knows the names anyway. The same input gives the same pseudonyms.
 */
function pseudonymKey(request: ScanRequest, result: ScanResult): string {
  const given = givenPseudonymKey();
  if (given !== undefined) return given;
  if (request.data !== undefined) return pseudonymKeyOf(request.data);
  const hash = createHash('sha256');
  for (const input of result.inputs) hash.update(input.headHash);
  if (request.people !== undefined) hash.update(readFileSync(request.people));
  return hash.digest('hex');
}
