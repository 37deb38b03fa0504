import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { candidateId } from '../../core/candidate.js';
import { safeLine } from '../../core/terminal.js';
import { formatTime } from '../../core/time.js';
import type { Draft } from '../../detectors/common/draft.js';
import { createLabels, type Labels } from '../../reports/people.js';
import type { CandidateDecision } from '../../store/candidate-decisions.js';
import { loadCandidates } from '../../store/candidates.js';
import type { Db } from '../../store/tables.js';
import type { Candidate } from '../../store/types.js';
import { noteReveal } from './audit/note.js';
import { CliError, exitCodes, explainFileError } from './errors.js';
import { openData } from './open-data.js';
import { givenPseudonymKey, pseudonymKeyOf } from './pseudonym-key.js';
import { besideService } from './service/beside.js';
import { userName } from './user.js';

/** Where the candidates are: a data folder of scans, or the service of the configuration. */
export interface CandidateOptions {
  data?: string;
  config?: string;
  names?: boolean;
  json?: boolean;
}

export interface CandidatePlace {
  db: Db;
  labels: Labels;
  /** Who runs the command, for the audit log. */
  who: string;
}

/**
 * Opens the database for a command. Names of people who the service observes are noted in the audit log before they are shown; a folder
 * of scans is its owner's own.
 * @throws CliError where it cannot be used
 */
export async function withCandidates<T>(
  { data, config, names = false }: CandidateOptions,
  work: (place: CandidatePlace) => Promise<T>,
  command = 'candidate',
): Promise<T> {
  const labelsOf = (folder: string): Labels =>
    createLabels(names, new Map(), givenPseudonymKey() ?? pseudonymKeyOf(folder));
  if (data === undefined)
    return besideService(config, async ({ opened, store, who }) => {
      if (names) await noteReveal(store.db, who, command, Date.now());
      return work({ db: store.db, labels: labelsOf(opened.loaded.config.data), who });
    });
  if ((process.env.DATABASE_URL ?? '') === '' && !existsSync(join(data, 'postgres')))
    throw new CliError(
      `${safeLine(data)} holds no results: name the folder of a scan with --data, or leave --data out for the service`,
    );
  const store = await openData(data);
  try {
    return await work({ db: store.db, labels: labelsOf(data), who: `cli:${userName()}` });
  } finally {
    await store.close();
  }
}

/** The candidate with this id or subject, also one that was decided on. @throws CliError where there is none, or more than one */
export async function findCandidate(db: Db, name: string): Promise<Candidate> {
  const byId = /^[0-9a-f]{10}$/.test(name) ? await loadCandidates(db, { id: name, decided: true }) : [];
  const found = byId.length > 0 ? byId : await loadCandidates(db, { subject: name, decided: true });
  const [candidate, other] = found;
  if (candidate === undefined)
    throw new CliError(
      `there is no candidate ${safeLine(name)}: "halflight candidate list --all" shows their ids`,
      exitCodes.usage,
    );
  if (other !== undefined)
    throw new CliError(
      `${safeLine(name)} is the subject of several candidates: use an id (${found.map((item) => `${candidateId(item)} ${item.kind}`).join(', ')})`,
      exitCodes.usage,
    );
  return candidate;
}

/** A candidate as commands print it with --json. */
export function describeCandidate(
  candidate: Candidate,
  decisions: readonly CandidateDecision[],
  { labels }: Pick<CandidatePlace, 'labels'>,
): Record<string, unknown> {
  const { kind, subject, score, reasons, events, bytesOut, bytesIn, actors, who, traces, file, line, sample } =
    candidate;
  const time = (at: number | undefined): string | null => (at === undefined ? null : formatTime(at));
  return {
    id: candidateId(candidate),
    kind,
    subject,
    score,
    reasons: reasons.map(({ rule, points, why }) => ({ rule, points, why })),
    events,
    bytes_out: bytesOut,
    bytes_in: bytesIn,
    actors,
    who: who.map((actor) => ({ actor: labels.actor({ ...actor, group: '' }), kind: actor.kind, events: actor.events })),
    seen_as: traces,
    first: time(candidate.first),
    last: time(candidate.last),
    file,
    line,
    ...(labels.names && { sample }),
    decisions: decisions.map((decision) => ({
      action: decision.action,
      at: formatTime(decision.at),
      by: decision.who,
      ...(decision.action === 'dismissed' && { why: decision.why }),
      ...(decision.action === 'attached' && { service: decision.service }),
      ...(decision.action === 'asked' && { question: decision.question, of: askedOf(decision.about, labels) }),
    })),
  };
}

/** The label of whom a question is for. */
export function askedOf(about: string, labels: Labels): string {
  const blank = about.indexOf(' ');
  const kind = about.slice(0, blank) as Candidate['who'][number]['kind'];
  return labels.actor({ kind, id: about.slice(blank + 1), group: '' });
}

/** Puts a draft into the folder of own signatures, or gives its text for standard output. @throws CliError where the file is there */
export function putDraft({ name, text }: Draft, folder: string | undefined): string {
  if (folder === undefined) return text;
  const file = join(folder, name);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new CliError(`${safeLine(file)} is there already: remove it, or change it by hand`);
    throw new CliError(explainFileError(error, file));
  }
  return `${safeLine(file)} is written. Check it: halflight catalog check --signatures ${safeLine(folder)}\n`;
}
