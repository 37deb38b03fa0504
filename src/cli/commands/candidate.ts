import type { Command } from 'commander';
import { candidateId } from '../../core/candidate.js';
import { nearest } from '../../core/problem.js';
import { safeLine } from '../../core/terminal.js';
import type { CandidateOptions } from '../common/candidates.js';
import { CliError, exitCodes } from '../common/errors.js';
import type { AddCommand } from '../main.js';

const placed = (command: Command): Command =>
  command
    .option('--data <dir>', 'the data folder of scans (default: the database of the service)')
    .option('--config <file>', 'configuration file of the service (default: halflight.yaml where it exists)');
const named = (command: Command): Command =>
  command.option('--names', 'actors as the logs name them; pseudonyms otherwise');
const drafted = (command: Command): Command =>
  command.option('--signatures <dir>', "write the file into this folder of the organisation's own signatures");

const load = async () => {
  const [candidates, decisions] = await Promise.all([
    import('../common/candidates.js'),
    import('../../store/candidate-decisions.js'),
  ]);
  return { ...candidates, ...decisions };
};

/** `halflight candidate list | show | signature | attach | dismiss | restore | ask | export | import` */
export const command: AddCommand = (program) => {
  const candidate = program
    .command('candidate')
    .description('what looks like AI and is in no catalog: who uses it, and what to do about it');

  named(placed(candidate.command('list')))
    .description('candidates to decide on, the best first')
    .option('--all', 'also those that were dismissed, or are part of a service now')
    .option('--json', 'as JSON')
    .action(async (options: CandidateOptions & { all?: boolean }) => {
      const [{ withCandidates, describeCandidate, loadDecisions }, { loadCandidates }, { listText }] =
        await Promise.all([load(), import('../../store/candidates.js'), import('../common/candidate-text.js')]);
      await withCandidates(options, async (place) => {
        const list = await loadCandidates(place.db, { decided: options.all === true });
        const decisions = await loadDecisions(place.db);
        if (options.json !== true) return print(listText(list, decisions));
        const rows = list.map((item) => describeCandidate(item, decisions.get(candidateId(item)) ?? [], place));
        print(`${JSON.stringify(rows, null, 2)}\n`);
      });
    });

  named(placed(candidate.command('show <id>')))
    .description('why it looks like AI, who and how much, and what was decided')
    .option('--json', 'as JSON')
    .action(async (id: string, options: CandidateOptions) => {
      const [{ withCandidates, findCandidate, describeCandidate, loadDecisions }, { showText }] = await Promise.all([
        load(),
        import('../common/candidate-text.js'),
      ]);
      await withCandidates(options, async (place) => {
        const found = await findCandidate(place.db, id);
        const decisions = (await loadDecisions(place.db)).get(candidateId(found)) ?? [];
        print(
          options.json === true
            ? `${JSON.stringify(describeCandidate(found, decisions, place), null, 2)}\n`
            : showText(found, decisions, place),
        );
      });
    });

  drafted(placed(candidate.command('signature <id>')))
    .description('a signature for it, filled in, for the folder of own signatures')
    .action(async (id: string, options: CandidateOptions & { signatures?: string }) => {
      const [{ withCandidates, findCandidate, putDraft, decideCandidate }, { draftSignature }, catalog] =
        await Promise.all([load(), import('../../detectors/common/draft.js'), catalogOf(options.signatures)]);
      await withCandidates(options, async ({ db, who }) => {
        const found = await findCandidate(db, id);
        const rule =
          found.kind === 'host' ? catalog.targets.find(found.traces[0] ?? found.subject, undefined) : undefined;
        if (rule !== undefined)
          throw new CliError(
            `${safeLine(found.subject)} is the service ${rule.service.id} already: scan again with your signatures, or "halflight replay" on a service`,
          );
        const taken = new Set(catalog.services.keys());
        const draft = await drafting(() => draftSignature(found, { today: today(), taken }));
        print(putDraft(draft, options.signatures));
        if (options.signatures === undefined) return;
        // With a signature in place it is a service of its own; a draft on standard output decides nothing.
        const { kind, subject } = found;
        await decideCandidate(db, { kind, subject, action: 'attached', service: draft.service, who, at: Date.now() });
        print(takenBack({ kind, subject }));
      });
    });

  drafted(placed(candidate.command('attach <id>')))
    .description('says that it belongs to a service of the catalog, and gives the file that adds it there')
    .requiredOption('--service <id>', 'the service')
    .action(async (id: string, options: CandidateOptions & { signatures?: string; service: string }) => {
      const [{ withCandidates, findCandidate, putDraft, decideCandidate }, { draftAddition }, { services }] =
        await Promise.all([load(), import('../../detectors/common/draft.js'), catalogOf(options.signatures)]);
      const { service } = options;
      if (!services.has(service)) {
        const meant = nearest(service, services.keys());
        throw new CliError(
          `no service has the id "${safeLine(service)}"${meant === undefined ? '' : `; did you mean ${meant}?`} ("halflight catalog list" shows all)`,
          exitCodes.usage,
        );
      }
      await withCandidates(options, async ({ db, who }) => {
        const { kind, subject, ...found } = await findCandidate(db, id);
        const draft = await drafting(() => draftAddition({ kind, subject, ...found }, { service, today: today() }));
        print(putDraft(draft, options.signatures));
        await decideCandidate(db, { kind, subject, action: 'attached', service, who, at: Date.now() });
        // Without a folder the draft alone is on standard output.
        if (options.signatures !== undefined) print(takenBack({ kind, subject }));
      });
    });

  placed(candidate.command('dismiss <id>'))
    .description('says that it is no AI: it is not shown again')
    .requiredOption('--why <text>', 'for who reads it later; it is shared with the export')
    .action(async (id: string, options: CandidateOptions & { why: string }) => {
      const { withCandidates, findCandidate, decideCandidate } = await load();
      const why = options.why.trim();
      if (why === '') throw new CliError('--why is empty; say in a few words what it is', exitCodes.usage);
      if (why.length > 1000)
        throw new CliError('--why has more than 1,000 characters; say it shorter', exitCodes.usage);
      await withCandidates(options, async ({ db, who }) => {
        const { kind, subject } = await findCandidate(db, id);
        await decideCandidate(db, { kind, subject, action: 'dismissed', why, who, at: Date.now() });
        print(`${safeLine(subject)} is dismissed. ${backAgain({ kind, subject })}`);
      });
    });

  placed(candidate.command('restore <id>'))
    .description('shows it again: takes back that it was dismissed, or is part of a service')
    .action(async (id: string, options: CandidateOptions) => {
      const { withCandidates, findCandidate, restoreCandidate, loadDecisions } = await load();
      await withCandidates(options, async ({ db, who }) => {
        const found = await findCandidate(db, id);
        const decisions = (await loadDecisions(db)).get(candidateId(found)) ?? [];
        if (!(await restoreCandidate(db, found, { who, at: Date.now() })))
          throw new CliError(
            `${safeLine(found.subject)} is in the list: nothing was decided that keeps it out`,
            exitCodes.usage,
          );
        const attached = decisions.find(({ action }) => action === 'attached');
        print(
          `${safeLine(found.subject)} is shown again.${attached?.action === 'attached' ? ` A signature file that was written for it (${safeLine(attached.service)}) is still there.` : ''}\n`,
        );
      });
    });

  named(placed(candidate.command('ask <id>')))
    .description('keeps a question for one of its actors, for the console and for messages')
    .requiredOption('--who <actor>', 'an actor of it, by pseudonym or as the logs name it')
    .option('--question <text>', 'the question', 'What do you use this for, and is company data involved?')
    .action(async (id: string, options: CandidateOptions & { who: string; question: string }) => {
      const { withCandidates, findCandidate, decideCandidate } = await load();
      const question = options.question.trim();
      if (question === '' || question.length > 1000)
        throw new CliError('--question has 1 to 1,000 characters', exitCodes.usage);
      await withCandidates(options, async ({ db, who, labels }) => {
        const { kind, subject, who: actors } = await findCandidate(db, id);
        const label = (actor: (typeof actors)[number]): string => labels.actor({ ...actor, group: '' });
        const actor = actors.find((item) => item.id === options.who || label(item) === options.who);
        if (actor === undefined)
          throw new CliError(
            `${safeLine(options.who)} is none of its actors: ${actors
              .slice(0, 5)
              .map((item) => safeLine(label(item)))
              .join(', ')}${actors.length > 5 ? ' ...' : ''}`,
            exitCodes.usage,
          );
        const about = `${actor.kind} ${actor.id}`;
        const decision = { kind, subject, action: 'asked', question, about, who, at: Date.now() } as const;
        await decideCandidate(db, decision, labels.names ? '' : label(actor));
        print(`The question to ${safeLine(label(actor))} is kept.\n`);
      });
    });

  placed(candidate.command('export'))
    .description('what is dismissed, as a file to share: it names no people')
    .action(async (options: CandidateOptions) => {
      const [{ withCandidates, loadNotAi }, { writeNotAi }] = await Promise.all([
        load(),
        import('../../detectors/common/not-ai.js'),
      ]);
      await withCandidates(options, async ({ db }) => print(writeNotAi(await loadNotAi(db))));
    });

  placed(candidate.command('import <file>'))
    .description('dismisses what such a file names')
    .action(async (file: string, options: CandidateOptions) => {
      const [{ withCandidates, importNotAi }, { readNotAiFile }] = await Promise.all([
        load(),
        import('../common/not-ai-file.js'),
      ]);
      const list = readNotAiFile(file);
      await withCandidates(options, async ({ db, who }) => {
        const added = await importNotAi(db, list, { who, at: Date.now() });
        print(`${added} of ${list.length} are new here.\n`);
      });
    });
};

type Named = Parameters<typeof candidateId>[0];
const backAgain = (candidate: Named): string => `Back again: halflight candidate restore ${candidateId(candidate)}\n`;
const takenBack = (candidate: Named): string => `It is no candidate any more. ${backAgain(candidate)}`;
const print = (text: string): void => void process.stdout.write(text);
const today = (): string => new Date().toISOString().slice(0, 10);
const catalogOf = async (signatures: string | undefined) => {
  const [{ openCatalog }, { existsSync }] = await Promise.all([import('../common/open-catalog.js'), import('node:fs')]);
  // The folder may be new: its first file is about to be written.
  return openCatalog(signatures !== undefined && existsSync(signatures) ? signatures : undefined);
};

/** @throws CliError where there can be no signature */
async function drafting<T>(draft: () => T): Promise<T> {
  const { NoSignature } = await import('../../detectors/common/draft.js');
  try {
    return draft();
  } catch (error) {
    throw error instanceof NoSignature ? new CliError(error.message) : error;
  }
}
