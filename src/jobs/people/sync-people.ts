import { createHash } from 'node:crypto';
import type { Person } from '../../people/person.js';
import { appendAudit } from '../../store/audit.js';
import { loadStates, stateMark } from '../../store/collected.js';
import { notePeople } from '../../store/person-history.js';
import { registerHashIn, registerText, saveRegister } from '../../store/registers.js';
import type { ServiceContext } from '../context.js';
import { noRegister, registerHash } from '../registers.js';
import { mergeInThread } from './merge-worker.js';

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
  const start = {
    file: file === undefined ? ((await registerText(db, 'people-file')) ?? '[]') : JSON.stringify(file),
    before: await registerText(db, 'people'),
  };
  const { people, history, summary } = await mergeInThread(start, loadStates(db, 'person', { withGone: true }));
  const { problems } = summary;
  await db.transaction().execute(async (trx) => {
    if (!(await saveRegister(trx, 'people', { hash, text: people }, now()))) return;
    await notePeople(trx, history, now());
    await saveRegister(trx, 'people-summary', { hash, body: summary }, now());
    const { problems: _, ...counts } = summary;
    const details = { hash, ...counts, problems: problems.length };
    await appendAudit(trx, { at: now(), who: 'service', action: 'register.changed', subject: 'people', details });
  });
  log.info({ ...summary, problems: problems.length }, 'the people directory changed: history is looked at again');
  if (problems.length > 0)
    log.warn(
      { contradictions: problems.length },
      'accounts contradict each other: "halflight people check" names them',
    );
}

async function keepFile({ db, now }: ServiceContext, file: readonly Person[]): Promise<string> {
  const hash = registerHash(file);
  await saveRegister(db, 'people-file', { hash, body: file }, now());
  return hash;
}
