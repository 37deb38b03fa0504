import { createHash } from 'node:crypto';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import type { Catalog } from '../../catalog/compile.js';
import { mappingFormats } from '../../core/mapping.js';
import { dayOf } from '../../core/time.js';
import type { Usage } from '../../core/usage.js';
import { loadDetection } from '../../detectors/shared/registry.js';
import { allFormats } from '../../formats/shared/registry.js';
import { reconcile } from '../../inventory/reconcile.js';
import { buildReport } from '../../reports/build.js';
import { instant } from '../../reports/finding.js';
import { createLabels, type Labels } from '../../reports/people.js';
import type { Report } from '../../reports/schema.js';
import { streamInput } from '../../scan/input.js';
import { type ScanResult, scan } from '../../scan/scan.js';
import type { RejectSample } from '../../scan/scan-input.js';
import { findInputs, type NotRead } from '../../scan/walk.js';
import { loadCatalog } from './catalog.js';
import { CliError, exitCodes } from './errors.js';
import { formatOf, loadMapping } from './inputs.js';
import { Progress } from './progress.js';
import { pseudonymKeyOf } from './pseudonym-key.js';
import { readRegisters } from './registers.js';
import type { Kept, KeptInput, ScanRequest } from './scan-types.js';
import { version } from './version.js';

export interface ScanOutcome {
  report: Report;
  catalog: Catalog;
  usage: readonly Usage[];
  labels: Labels;
  rejects: readonly RejectSample[];
  /** What could not be done; empty when everything could. */
  incomplete: string[];
}

/** Scans, reconciles and reports. */
export async function runScan(paths: readonly string[], request: ScanRequest): Promise<ScanOutcome> {
  const catalog = loadCatalog(request.signatures);
  const [formats, detection] = await Promise.all([allFormats(), loadDetection(catalog)]);
  const mapping = loadMapping(request.mapping);
  const format = request.format ?? (mapping === undefined ? undefined : mappingFormats[mapping.framing.type]);
  if (format !== undefined) formatOf(formats, format);
  const registers = readRegisters(request.people, request.inventory, new Set(catalog.services.keys()));
  const notRead: NotRead[] = [];
  const progress = new Progress(sizeOf(paths), process.stderr.isTTY);
  // With a database the whole input is kept, and the days are chosen when it is read back.
  const range =
    request.data === undefined
      ? { since: request.since, until: request.until }
      : { since: undefined, until: undefined };
  const result = await scan(inputsOf(paths, request, notRead), notRead, {
    formats,
    detection,
    mapping,
    format: request.format,
    zone: request.zone,
    logZone: request.logZone,
    ...range,
    resolve: (event) => registers.directory.resolve(event),
    hash: request.data !== undefined,
    speedPath: true,
    progress: (bytes, lines) => progress.add(bytes, lines),
  });
  progress.end();
  const kept =
    request.data === undefined
      ? inMemory(result)
      : await (await import('./keep-results.js')).keepResults(request.data, result, request, catalog.hash);

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
    zone: request.zone,
    logZone: request.logZone,
    period: kept.period,
    asOf,
    labels,
    usage: kept.usage,
    evidence: kept.evidence,
    hits: kept.hits,
    candidates: kept.candidates,
    otherCandidates: result.otherCandidates,
    inputs: kept.inputs.map((input) => describeInput(input, formats)),
    notRead: notRead.map(({ name, why }) => ({ file: name, why })),
    entries: registers.entries,
    reconciled,
    problems: registers.problems,
  });
  const incomplete = [
    ...notRead.map(({ name, why }) => `${name}: ${why}`),
    ...(registers.broken ? registers.problems : []),
  ];
  return {
    report,
    catalog,
    usage: kept.usage,
    labels,
    rejects: result.inputs.flatMap((input) => input.rejectSamples),
    incomplete,
  };
}

function inMemory(result: ScanResult): Kept {
  return {
    ...result,
    candidates: result.candidates.map(({ who, sample: _sample, ...candidate }) => ({ ...candidate, actors: who.size })),
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

function describeInput(
  input: KeptInput,
  formats: Awaited<ReturnType<typeof allFormats>>,
): Report['coverage']['inputs'][number] {
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

async function* inputsOf(
  paths: readonly string[],
  request: ScanRequest,
  notRead: NotRead[],
): ReturnType<typeof findInputs> {
  const files = paths.filter((path) => path !== '-');
  // The registers often lie beside the logs: they are no logs.
  const exclude = new Set(
    [request.inventory, request.people, request.mapping].flatMap((path) =>
      path === undefined ? [] : [realpathSync(path)],
    ),
  );
  if (files.length < paths.length) yield streamInput('standard input', process.stdin, Date.now());
  yield* findInputs(files, exclude, (problem) => notRead.push(problem));
}

/** Stored bytes of the named files, for the time left; folders count as unknown. */
function sizeOf(paths: readonly string[]): number {
  let total = 0;
  for (const path of paths) {
    const info = path === '-' ? undefined : statSync(path, { throwIfNoEntry: false });
    if (info?.isFile() !== true) return 0;
    total += info.size;
  }
  return total;
}

/**
 * Key of the pseudonyms: HALFLIGHT_PSEUDONYM_KEY, or that of the data folder, or one derived from the input itself. Who has only the staff list cannot work a
 * pseudonym out; who has the logs and the people file knows the names anyway. The same input gives the same pseudonyms.
 */
function pseudonymKey(request: ScanRequest, result: ScanResult): string {
  const given = process.env.HALFLIGHT_PSEUDONYM_KEY;
  if (given !== undefined && given !== '') {
    if (given.length < 16)
      throw new CliError(
        'HALFLIGHT_PSEUDONYM_KEY is shorter than 16 characters; use a long random text',
        exitCodes.usage,
      );
    return given;
  }
  if (request.data !== undefined) return pseudonymKeyOf(request.data);
  const hash = createHash('sha256');
  for (const input of result.inputs) hash.update(input.headHash);
  if (request.people !== undefined) hash.update(readFileSync(request.people));
  return hash.digest('hex');
}
