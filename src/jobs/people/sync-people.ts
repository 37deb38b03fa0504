import { createHash } from 'node:crypto';
import { readDirectoryPerson } from '../../people/directory-person.js';
import { mergePeople, type SourceDirectory } from '../../people/merge/merge.js';
import type { Person } from '../../people/person.js';
import { appendAudit } from '../../store/audit.js';
import { loadStates, stateMark } from '../../store/collected.js';
import type { PeopleSummary } from '../../store/reads/people.js';
import { loadRegister, registerHashIn, saveRegister } from '../../store/registers.js';
import type { Db } from '../../store/tables.js';
import type { ServiceContext } from '../context.js';
import { noRegister, registerHash } from '../registers.js';

/**
 * Makes the register of people from the file and from what the sources have of people, where either is other than before. Where neither
 * is, it costs two small questions. `file`: the people file as it was read now; undefined: it is the same as before.
 */
export async function syncPeople(context: ServiceContext, file: readonly Person[] | undefined): Promise<void> {
  const { db, now, log } = context;
  const fileHash = file === undefined ? undefined : await keepFile(context, file);
  const states = await stateMark(db, 'person');
  if (fileHash === undefined && states === '') return;
  const ofFile = fileHash ?? (await registerHashIn(db, 'people-file')) ?? noRegister;
  const hash = states === '' ? ofFile : createHash('sha256').update(`${ofFile} ${states}`).digest('hex');
  if ((await registerHashIn(db, 'people')) === hash) return;
  const rows = file ?? (await loadRegister<Person[]>(db, 'people-file'))?.body ?? [];
  const before = await loadRegister<Person[]>(db, 'people');
  const { directories, unreadable } = await loadDirectories(db);
  const { people, problems } = mergePeople(rows, directories, before?.body);
  const summary: PeopleSummary = {
    people: people.length,
    disabled: people.filter(({ disabled }) => disabled === true).length,
    from: Object.fromEntries([
      ...(rows.length > 0 ? [['file', rows.length] as const] : []),
      ...directories.map(({ source, people: own }) => [source, own.length] as const),
    ]),
    unreadable,
    problems,
  };
  await db.transaction().execute(async (trx) => {
    if (!(await saveRegister(trx, 'people', { hash, body: people }, now()))) return;
    await saveRegister(trx, 'people-summary', { hash, body: summary }, now());
    const { problems: _, ...counts } = summary;
    const details = { hash, ...counts, problems: problems.length };
    await appendAudit(trx, { at: now(), who: 'service', action: 'register.changed', subject: 'people', details });
  });
  log.info({ ...summary, problems: problems.length }, 'the people directory changed: history is looked at again');
  if (problems.length > 0)
    log.warn(
      { problems: problems.slice(0, 3) },
      'accounts that contradict each other; "halflight people check" lists all',
    );
}

async function keepFile({ db, now }: ServiceContext, file: readonly Person[]): Promise<string> {
  const hash = registerHash(file);
  await saveRegister(db, 'people-file', { hash, body: file }, now());
  return hash;
}

/** People as all sources have them; who is gone there is disabled, and known for the history. */
async function loadDirectories(db: Db): Promise<{ directories: SourceDirectory[]; unreadable: number }> {
  const bySource = new Map<string, SourceDirectory['people'][number][]>();
  let unreadable = 0;
  for await (const page of loadStates(db, 'person', { withGone: true })) {
    for (const { source, body, goneAt } of page) {
      const person = readDirectoryPerson(body);
      if (person === undefined) {
        unreadable++;
        continue;
      }
      const own = bySource.get(source) ?? [];
      own.push(goneAt === undefined ? person : { ...person, enabled: false });
      bySource.set(source, own);
    }
  }
  return { directories: [...bySource].map(([source, people]) => ({ source, people })), unreadable };
}
