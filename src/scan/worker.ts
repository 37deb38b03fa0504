import { parentPort, workerData } from 'node:worker_threads';
import { compileCatalog } from '../catalog/compile.js';
import { loadDetection } from '../detectors/common/registry.js';
import { allFormats } from '../formats/common/registry.js';
import { Directory } from '../people/directory.js';
import { LeaseLookup } from '../people/leases/lookup.js';
import { fileInput, type Input, type InputSource } from './input.js';
import { withMapping } from './mapped-formats.js';
import type { ScanOptions } from './options.js';
import { scanInput, scanParts } from './scan-input.js';
import type { FromWorker, Task, ToWorker } from './thread.js';
import { sheetInput } from './xlsx/input.js';
import { zipEntryInput } from './zip.js';

// A thread that reads inputs one at a time, as the main thread would, and hands back what each gave.

/** Progress goes to the main thread at most this often. */
const progressEvery = 100;

const port = parentPort;
if (port === null) throw new Error('src/scan/worker is the module of a worker thread');
const send = (message: FromWorker): void => port.postMessage(message);

const { services, lowConfidence, people, leases, choices } = workerData as ToWorker;
const directory = new Directory(people, undefined, leases && new LeaseLookup(leases));
const [known, detection] = await Promise.all([allFormats(), loadDetection(compileCatalog(services, lowConfidence))]);
const { mapping, logZone } = choices;
const formats = mapping === undefined ? known : withMapping(known, mapping, logZone);

let [bytes, lines, next] = [0, 0, 0];
function flushProgress(): void {
  send({ kind: 'progress', bytes, lines });
  [bytes, lines, next] = [0, 0, performance.now() + progressEvery];
}

const options: ScanOptions = {
  ...choices,
  formats,
  detection,
  resolve: (event) => directory.resolve(event),
  progress(moreBytes, moreLines) {
    bytes += moreBytes;
    lines += moreLines;
    if (performance.now() >= next) flushProgress();
  },
};

port.on('message', async (task: Task) => {
  const answer: FromWorker =
    task.kind === 'input'
      ? { kind: 'result', result: await scanInput(openSource(task.source), options) }
      : { kind: 'parts', parts: await scanParts(task.job, openSource(task.job.source), options) };
  flushProgress();
  send(answer);
});
send({ kind: 'ready' });

function openSource(source: InputSource): Input {
  if (source.kind === 'file') return fileInput(source.name, source.modified, source.size);
  return source.kind === 'sheet' ? sheetInput(source) : zipEntryInput(source);
}
