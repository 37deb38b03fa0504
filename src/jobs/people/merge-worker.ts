import { Worker } from 'node:worker_threads';
import type { StoredState } from '../../store/collected.js';
import type { PeopleSummary } from '../../store/reads/people.js';

// What the main thread and the thread that merges people say to each other. Large lists go as JSON text, which is copied at once; as
// objects they would be copied one by one, while nothing else is done.

export interface MergeStart {
  /** People of the file, and the list as it was: JSON. */
  file: string;
  before: string | undefined;
}
export type ToMerge =
  | { kind: 'accounts'; accounts: { source: string; body: unknown; gone: boolean }[] }
  | { kind: 'end' };
export interface FromMerge {
  /** JSON: the register, and the same people as their history takes them (`peopleText`). */
  people: string;
  history: string;
  summary: PeopleSummary;
}

/** Merges people in a thread of their own. @throws Error where the thread ends before it is done */
export async function mergeInThread(start: MergeStart, pages: AsyncIterable<StoredState[]>): Promise<FromMerge> {
  const worker = startWorker(start);
  const post = (message: ToMerge): void => worker.postMessage(message);
  const answer = new Promise<FromMerge>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the thread that merges people ended with code ${code}`)));
  });
  // Heard below; until then it must not count as unheard.
  answer.catch(() => {});
  try {
    for await (const page of pages) {
      const accounts = page.map(({ source, body, goneAt }) => ({ source, body, gone: goneAt !== undefined }));
      post({ kind: 'accounts', accounts });
    }
    post({ kind: 'end' });
    return await answer;
  } finally {
    await worker.terminate();
  }
}

/** In a build the thread is a module beside this one; where tsx or vitest runs the source, tsx must be told to read it. */
function startWorker(workerData: MergeStart): Worker {
  if (import.meta.filename.endsWith('.js'))
    return new Worker(new URL('./merge-thread.js', import.meta.url), { workerData });
  const source = new URL('./merge-thread.ts', import.meta.url).href;
  const bootstrap = `import('tsx/esm/api').then(({ register }) => { register(); return import('${source}'); })`;
  return new Worker(bootstrap, { workerData, eval: true });
}
