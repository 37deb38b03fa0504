import { parentPort, workerData } from 'node:worker_threads';
import { readDirectoryPerson } from '../../people/directory-person.js';
import { mergePeople, type SourceDirectory } from '../../people/merge/merge.js';
import type { Person } from '../../people/person.js';
import { peopleText } from '../../store/person-history.js';
import type { PeopleSummary } from '../../store/reads/people.js';
import type { FromMerge, MergeStart, ToMerge } from './merge-worker.js';

// The thread that makes one list of people: for 100,000 of two directories it computes for seconds, in which the process must answer and
// show that it lives.

const port = parentPort;
if (port === null) throw new Error('src/jobs/people/merge-thread is the module of a worker thread');
const start = workerData as MergeStart;
const bySource = new Map<string, SourceDirectory['people'][number][]>();
let unreadable = 0;

port.on('message', (message: ToMerge) => {
  if (message.kind === 'accounts') take(message.accounts);
  else {
    port.postMessage(merge() satisfies FromMerge);
    port.close();
  }
});

function take(accounts: Extract<ToMerge, { kind: 'accounts' }>['accounts']): void {
  for (const { source, body, gone } of accounts) {
    const person = readDirectoryPerson(body);
    if (person === undefined) {
      unreadable++;
      continue;
    }
    const own = bySource.get(source) ?? [];
    bySource.set(source, own);
    // Who is gone is disabled, and known for the history.
    own.push(gone ? { ...person, enabled: false } : person);
  }
}

function merge(): FromMerge {
  const rows = JSON.parse(start.file) as Person[];
  const directories = [...bySource].map(([source, people]) => ({ source, people }));
  const before = start.before === undefined ? [] : (JSON.parse(start.before) as Person[]);
  const { people, problems } = mergePeople(rows, directories, before);
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
  return { people: JSON.stringify(people), history: peopleText(people), summary };
}
