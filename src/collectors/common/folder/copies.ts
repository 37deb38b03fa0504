import type { Batch } from '../collector.js';
import { type Opened, reopen, sameBytes } from './content.js';
import { grow } from './grow.js';
import { growPacked } from './packed.js';
import { commonPoint, type Prints } from './prints.js';
import type { Step } from './step.js';
import type { Stream } from './stream.js';
import { atLineEnd, type Survey, survey } from './survey.js';

/** What a shorter file that agrees with the beginning of a stream is; `wait`: it cannot be told yet. */
export type Judgement = 'copy' | 'other' | 'wait';

/** Whether the bytes `[from, length)` of a file are the stream's own, too: up to `from` they are known to be so. */
export async function judgeShorter(
  step: Step,
  stream: Stream,
  { file, content }: Opened,
  { from, length, marked }: { from: number; length: number; marked: Survey['marked'] },
): Promise<Judgement> {
  if (stream.lost !== undefined) {
    // Only prints are left. A copy that was made before the stream's last bytes were written holds what was read before them,
    // and was not written to later.
    const { earlier } = stream;
    const holdsEarlier =
      earlier === undefined || earlier.offset <= from || marked.get(earlier.offset) === earlier.print;
    if (holdsEarlier && file.modified <= stream.modified) return 'copy';
    return step.settled(file) ? 'other' : 'wait';
  }
  const home = await reopen(step.root, stream, stream.skip);
  if (home === undefined) return 'wait';
  try {
    return (await sameBytes(content, home.content, from, length)) === 'same' ? 'copy' : 'other';
  } finally {
    await home.close();
  }
}

/** Sizes at which a stream can be known again. */
export const marksOf = ({ prints, earlier, proven }: Stream): number[] =>
  [prints, earlier, proven].flatMap((known) => (known === undefined ? [] : [known.offset]));

/** A copy goes on as the stream whose file is lost. */
export function takeOver(step: Step, stream: Stream, copy: Stream): void {
  const { sig, compression, skip, length } = copy;
  step.memory.forget(copy);
  step.memory.move(stream, copy, { sig, compression, skip, length, since: step.now });
}

/** Whether a file with these prints is all in the stream that a copy is of, where that was read or still can be. */
export function isProven(step: Step, { copy, proven }: Stream, { offset, print }: Prints): boolean {
  if (proven?.offset !== offset || proven.print !== print) return false;
  const stream = step.memory.streams.get(copy ?? '');
  return stream !== undefined && (stream.lost === undefined || stream.prints.offset >= offset);
}

/** Reads a plain or compressed file of a stream. */
export async function* growAny(step: Step, stream: Stream, opened: Opened): AsyncGenerator<Batch, boolean> {
  if (opened.content.packed) return yield* growPacked(step, stream, opened);
  yield* grow(step, stream, opened);
  return true;
}

/** Looks at a copy that has changed: it follows its stream, takes it over, or has become a log of its own. False: it is none of them. */
export async function* followCopy(step: Step, copy: Stream, opened: Opened): AsyncGenerator<Batch, boolean> {
  const stream = step.memory.streams.get(copy.copy ?? '');
  if (stream === undefined) {
    step.memory.change(copy, { copy: undefined });
    return yield* growAny(step, copy, opened);
  }
  const known = stream.prints;
  const seen = await survey(opened.content, copy.prints, { marks: marksOf(stream), header: copy.header });
  if (!seen.verified) return false;
  const length = seen.prints.offset;
  // Renamed, touched: nothing is new.
  if (isProven(step, copy, seen.prints)) {
    step.seen(copy, opened, length);
    return true;
  }

  if (known.offset > copy.prints.offset) {
    const reached = length >= known.offset;
    const judgement: Judgement = reached
      ? seen.marked.get(known.offset) === known.print
        ? 'copy'
        : 'other'
      : await judgePart(step, stream, opened, copy.prints, seen);
    if (judgement === 'wait') return true;
    if (judgement === 'other') return yield* fork(step, copy, opened);
    if (reached) step.memory.change(copy, { prints: known, header: stream.header, line: stream.line });
    else if (length > copy.prints.offset)
      step.memory.change(copy, { ...(await atLineEnd(opened.content, copy, seen)), line: undefined });
  }
  if (copy.prints.offset === known.offset && length > known.offset) {
    if (stream.lost !== undefined) {
      if (stream.line !== undefined) return yield* fork(step, copy, opened);
      takeOver(step, stream, copy);
      return yield* growAny(step, stream, opened);
    }
    const rest = await compareRest(step, stream, opened, known.offset, length);
    if (rest === 'wait') return true;
    if (rest !== 'same') return yield* fork(step, copy, opened);
  }
  step.memory.change(copy, { proven: { offset: length, print: seen.prints.print } });
  step.seen(copy, opened, length);
  return true;
}

async function judgePart(
  step: Step,
  stream: Stream,
  opened: Opened,
  from: Prints,
  { prints: to, marked }: Survey,
): Promise<Judgement> {
  if (from.offset === to.offset) return 'copy';
  if (!stream.prints.ladder.startsWith(to.ladder)) return 'other';
  const known = Math.max(from.offset, commonPoint(stream.prints.ladder, to.ladder));
  return await judgeShorter(step, stream, opened, { from: known, length: to.offset, marked });
}

/** Holds what a copy has behind its stream's prints against the stream's own file. */
async function compareRest(
  step: Step,
  stream: Stream,
  { content, file }: Opened,
  from: number,
  length: number,
): Promise<'same' | 'different' | 'wait'> {
  const home = await reopen(step.root, stream, stream.skip);
  if (home === undefined) return 'wait';
  try {
    const same = await sameBytes(content, home.content, from, length);
    if (same !== 'shorter') return same;
    // Both are being written, with the same lines as far as can be seen: one of two writers is ahead for a moment.
    return step.settled(file) || step.settled(home.file) ? 'different' : 'wait';
  } finally {
    await home.close();
  }
}

/** A copy becomes a log of its own, from the last line on that it shares. */
export async function* fork(step: Step, copy: Stream, opened: Opened): AsyncGenerator<Batch, boolean> {
  const { prints, header } = copy.line ?? copy;
  step.memory.change(copy, { copy: undefined, proven: undefined, line: undefined, prints, header, since: step.now });
  return yield* growAny(step, copy, opened);
}
