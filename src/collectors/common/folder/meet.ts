import { createHash } from 'node:crypto';
import type { Batch } from '../collector.js';
import type { Opened } from './content.js';
import { followCopy, growAny, isProven, judgeShorter, marksOf } from './copies.js';
import { draftOf } from './draft.js';
import { holeBytes } from './found.js';
import { grow, layoutOf } from './grow.js';
import { endOfHole, startOfHole } from './holes.js';
import { keepPacked } from './packed.js';
import { commonPoint, ladderPoint, noPrints } from './prints.js';
import { readRange } from './read-range.js';
import { hasHoles, type Step } from './step.js';
import type { Stream } from './stream.js';
import type { StreamIndex } from './stream-index.js';
import { atLineEnd, type Survey, survey } from './survey.js';

const headBytes = 65_536;
/** Streams whose files a shorter file is compared with, byte by byte. */
const maxCompared = 64;

/** A file that no stream is known to be in: finds out whether it is one that is known, or begins a new one. */
export async function* meet(step: Step, index: StreamIndex, opened: Opened): AsyncGenerator<Batch> {
  const { file, content } = opened;
  if (file.size === 0 || step.memory.at(file) !== undefined) return;
  // It is being written; its name may still change, too.
  if (content.compression !== 'none' && !step.settled(file)) return;
  if (content.compression === 'zip') yield* meetZip(step, opened);
  else yield* meetStream(step, index, await behindHole(step, opened));
}

async function* meetStream(step: Step, index: StreamIndex, opened: Opened): AsyncGenerator<Batch> {
  const { content } = opened;
  const head = await content.head(headBytes);
  const candidates = index.find(head);
  // What is plain and like nothing known need not be read twice.
  const seen = content.packed || candidates.length > 0 ? await surveyFor(opened, candidates) : undefined;
  if (seen !== undefined) {
    // Is it a copy that is known, or the beginning of a longer stream? Then, does it begin as a shorter one does?
    const { offset, print, ladder } = seen.prints;
    const twin = candidates.find((candidate) => isProven(step, candidate, seen.prints));
    if (twin !== undefined && (content.packed || offset === content.length)) {
      const copy = begin(step, opened, head);
      const { prints, header, proven, line } = twin;
      step.memory.change(copy, { copy: twin.copy, prints, header, proven, line });
      step.seen(copy, opened, offset);
      return;
    }
    for (const stream of offset >= ladderPoint(0) ? longerOnes(candidates, offset, ladder) : []) {
      // What is whole in a cut file is surely no log of its own when it agrees with one.
      const cut = seen.damage !== undefined;
      const judgement = cut
        ? 'copy'
        : await judgeShorter(step, stream, opened, {
            from: commonPoint(stream.prints.ladder, ladder),
            length: offset,
            marked: seen.marked,
          });
      if (judgement === 'wait') return;
      if (judgement === 'other') continue;
      const copy = begin(step, opened, head);
      const known = await atLineEnd(content, { prints: noPrints }, seen);
      step.memory.change(copy, { copy: stream.id, ...known, proven: { offset, print } });
      step.seen(copy, opened, offset);
      return;
    }
    const match = best(candidates.filter(({ prints }) => seen.marked.get(prints.offset) === prints.print));
    if (match !== undefined) {
      yield* goOn(step, index, match, opened, seen);
      return;
    }
  }
  const stream = begin(step, opened, head);
  if (seen !== undefined && content.packed) {
    step.memory.change(stream, { prints: noPrints });
    yield* keepPacked(step, stream, opened, seen, seen.sha256);
  } else yield* grow(step, stream, opened);
  index.add(stream);
}

/** Reads as far as the longest candidate reaches; what is compressed to its end, since that is read as one piece. */
async function surveyFor({ content }: Opened, candidates: readonly Stream[]): Promise<Survey> {
  const marks = candidates.flatMap(marksOf);
  const to = content.packed ? undefined : Math.min(content.length, Math.max(...marks));
  return await survey(content, noPrints, { marks, to });
}

/** Streams that go on where the file ends: those that it can be compared with first, and the nearest in length. */
function longerOnes(candidates: readonly Stream[], offset: number, ladder: string): Stream[] {
  const longer = candidates
    .filter(({ copy, prints }) => copy === undefined && prints.offset > offset && prints.ladder.startsWith(ladder))
    .sort((a, b) => a.prints.offset - b.prints.offset);
  const here = longer.filter(({ lost }) => lost === undefined).slice(0, maxCompared);
  return [...here, ...longer.filter(({ lost }) => lost !== undefined)];
}

/** The longest; one whose file is lost first. */
const best = (streams: Stream[]): Stream | undefined =>
  streams.sort(
    (a, b) =>
      b.prints.offset - a.prints.offset ||
      Number(a.copy !== undefined) - Number(b.copy !== undefined) ||
      Number(a.lost === undefined) - Number(b.lost === undefined),
  )[0];

/** The file holds all that is known of a stream, and perhaps more. */
async function* goOn(
  step: Step,
  index: StreamIndex,
  stream: Stream,
  opened: Opened,
  seen: Survey,
): AsyncGenerator<Batch> {
  const { file, content } = opened;
  const { compression, skip } = content;
  const longer = content.packed ? seen.prints.offset : content.length;
  const parts = stream.line !== undefined && longer > stream.prints.offset;
  if (stream.lost !== undefined && stream.copy === undefined && !parts) {
    step.memory.move(stream, file, { compression, skip, since: step.now });
    if (content.packed && seen.prints.offset === stream.prints.offset) yield* keepPacked(step, stream, opened, seen);
    else yield* growAny(step, stream, opened);
    return;
  }
  let copy = stream;
  if (stream.lost !== undefined && stream.copy !== undefined)
    step.memory.move(stream, file, { compression, skip, since: step.now });
  else {
    copy = step.memory.create(file, step.now);
    const { prints, header, layout, line } = stream;
    step.memory.change(copy, { copy: stream.copy ?? stream.id, prints, header, layout, line, compression, skip });
  }
  yield* followCopy(step, copy, opened);
  // It went its own way at once.
  if (copy.copy === undefined) index.add(copy);
}

function begin(step: Step, { file, content }: Opened, head: Buffer): Stream {
  const stream = step.memory.create(file, step.now);
  const { compression, skip } = content;
  step.memory.change(stream, { compression, skip, layout: layoutOf(head) });
  return stream;
}

/** A file that begins with a hole (its writer went on where it was before a truncation) is read from behind it. */
async function behindHole(step: Step, opened: Opened): Promise<Opened> {
  const { content, file } = opened;
  if (!hasHoles(opened) || (await startOfHole(content, 0, 1)) !== 0) return opened;
  const end = await endOfHole(content, 0, content.length);
  if (end < holeBytes) return opened;
  step.gap(file, 'begins with a hole without data, which is passed over', end);
  return { ...opened, content: content.behind(end) };
}

/** An archive is one piece; its entries are found when it is read. */
async function* meetZip(step: Step, opened: Opened): AsyncGenerator<Batch> {
  const { file, content } = opened;
  const hash = createHash('sha256');
  for await (const bytes of readRange(content.handle, 0, file.size)) hash.update(bytes);
  const zip = hash.digest('hex');
  const known = [...step.memory.streams.values()].some((other) => other.zip === zip);
  const stream = step.memory.create(file, step.now);
  step.memory.change(stream, { zip, compression: 'zip' });
  step.seen(stream, opened, file.size);
  if (!known) step.add(draftOf(stream, file, { ...noPrints, offset: file.size, print: zip }, { key: zip }));
  step.memory.change(stream, { prints: { ...noPrints, offset: file.size, print: zip } });
  yield* step.batch();
}
