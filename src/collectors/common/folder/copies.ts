import type { Batch } from '../collector.js';
import { type Content, type Opened, reopen, sameBytes } from './content.js';
import { grow } from './grow.js';
import { growPacked } from './packed.js';
import { commonPoint, noPrints, type Prints } from './prints.js';
import type { Step } from './step.js';
import { isFragment, type Stream } from './stream.js';
import { type Survey, survey } from './survey.js';

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
export const marksOf = ({ prints, earlier }: Stream): number[] =>
  earlier === undefined ? [prints.offset] : [prints.offset, earlier.offset];

/** What is known of a copy as far as its lines are whole, so that it can become a log of its own from there on. */
export async function wholeLines(
  content: Content,
  from: Prints,
  header: string | undefined,
  seen: Survey,
): Promise<Pick<Stream, 'prints' | 'header' | 'torn'>> {
  if (!seen.torn) return { prints: seen.prints, header: seen.header, torn: false };
  if (seen.lineEnd <= from.offset) return { prints: from, header };
  const whole = await survey(content, from, { header, to: seen.lineEnd });
  return { prints: whole.prints, header: whole.header, torn: false };
}

/** A copy goes on as the stream whose file is lost. */
export function takeOver(step: Step, stream: Stream, copy: Stream): void {
  const { sig, compression, skip, length } = copy;
  step.memory.forget(copy);
  step.memory.move(stream, copy, { sig, compression, skip, length, since: step.now });
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

  if (known.offset > copy.prints.offset) {
    const reached = length >= known.offset;
    const judgement: Judgement = reached
      ? seen.marked.get(known.offset) === known.print
        ? 'copy'
        : 'other'
      : await judgePart(step, stream, opened, copy.prints, seen);
    if (judgement === 'wait') return true;
    if (judgement === 'other') return yield* fork(step, copy, opened);
    if (reached) step.memory.change(copy, { prints: known, header: stream.header, torn: stream.torn });
    else if (length > copy.prints.offset)
      step.memory.change(copy, await wholeLines(opened.content, copy.prints, copy.header, seen));
  }
  if (copy.prints.offset === known.offset && length > known.offset) {
    if (stream.lost !== undefined) {
      takeOver(step, stream, copy);
      return yield* growAny(step, stream, opened);
    }
    const rest = await compareRest(step, stream, opened, known.offset, length);
    // Behind the stream's own file for a moment: one of two writers is the first to write a line.
    if (rest === 'wait' || (rest === 'ahead' && !step.settled(opened.file))) return true;
    if (rest !== 'same') return yield* fork(step, copy, opened);
  }
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

async function compareRest(
  step: Step,
  stream: Stream,
  { content }: Opened,
  from: number,
  length: number,
): Promise<'same' | 'ahead' | 'different' | 'wait'> {
  const home = await reopen(step.root, stream, stream.skip);
  if (home === undefined) return 'wait';
  try {
    const same = await sameBytes(content, home.content, from, length);
    return same === 'shorter' ? 'ahead' : same;
  } finally {
    await home.close();
  }
}

async function* fork(step: Step, copy: Stream, opened: Opened): AsyncGenerator<Batch, boolean> {
  const anew = isFragment(copy) && { prints: noPrints, header: undefined };
  step.memory.change(copy, { copy: undefined, since: step.now, ...anew });
  return yield* growAny(step, copy, opened);
}
