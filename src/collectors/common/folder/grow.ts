import { sniffDelimiter, splitCsv } from '../../../core/csv.js';
import { isJsonDocument } from '../../../core/framing.js';
import type { Batch } from '../collector.js';
import type { Content, Opened } from './content.js';
import { findCut, type Layout } from './cut.js';
import { draftOf } from './draft.js';
import { endOfHole, startOfHole } from './holes.js';
import { showPath } from './names.js';
import { hasHoles, type Step } from './step.js';
import type { Stream } from './stream.js';
import { beforeFragment, survey } from './survey.js';
import { tailPrint } from './tail-print.js';

const longHalfLine = 1 << 20;

/** Gives out what a plain file holds beyond what is known of its stream. */
export async function* grow(step: Step, stream: Stream, opened: Opened): AsyncGenerator<Batch> {
  const { content } = opened;
  if (stream.prints.offset === 0) step.memory.change(stream, { layout: layoutOf(await content.head(65_536)) });
  // Of a very long half line only what is new is searched for its end.
  const searched = stream.length - stream.prints.offset > longHalfLine ? stream.length : 0;
  step.measure(stream, content.length);
  const { offset, print } = stream.prints;
  let earlier = offset > 0 ? { earlier: { offset, print } } : {};
  const holes = hasHoles(opened);
  while (!step.stopped && stream.prints.offset < content.length) {
    const from = stream.prints.offset;
    const limit = Math.min(content.length, from + step.options.chunk_bytes);
    const hole = holes ? await startOfHole(content, from, limit) : undefined;
    if (hole === from) {
      const next = await passHole(step, stream, opened);
      yield* grow(step, next, { ...opened, content: content.behind(next.skip) });
      return;
    }
    let unfinished = false;
    let cut = await nextCut(step, stream, opened, hole ?? content.length, searched);
    if (cut === undefined && (hole !== undefined || step.now - stream.since >= step.options.idle_flush)) {
      unfinished = true;
      cut = hole ?? content.length;
    }
    if (cut === undefined) break;
    const seen = await survey(content, stream.prints, { header: stream.header, to: cut });
    const { prints, header } = seen;
    // Truncated while it was read: the next run sees what it is now.
    if (prints.offset !== cut) break;
    if (unfinished) step.tell(`${showPath(stream.path)}: its last line has no end and is read as it is`);
    step.add(draftOf(stream, opened.file, prints, { tail: await tailPrint(content, from, cut), unfinished }));
    const line = await beforeFragment(content, stream.line ?? stream, seen);
    // Looked at again, should this run end before the file does.
    step.memory.change(stream, { prints, header, line, sig: '', ...earlier });
    earlier = {};
    yield* step.batch();
  }
  if (!step.stopped) step.seen(stream, opened);
}

async function nextCut(
  step: Step,
  stream: Stream,
  { file, content }: Opened,
  size: number,
  searched: number,
): Promise<number | undefined> {
  const { layout, prints } = stream;
  if (layout === 'document') return step.settled(file) && (await endsDocument(content)) ? size : undefined;
  // One byte back: half of a UTF-16 newline may have been the end.
  const known = layout === 'csv' ? 0 : searched - 1;
  return await findCut(content, layout, prints.offset, size, step.options.chunk_bytes, known);
}

/** A hole where data should follow: the stream ends there, and what is behind the hole is another one in the same file. */
async function passHole(step: Step, stream: Stream, { content, file }: Opened): Promise<Stream> {
  const { offset } = stream.prints;
  const end = await endOfHole(content, offset, content.length);
  const skip = content.skip + end;
  step.gap(stream, 'has a hole without data, which is passed over', end - offset);
  let next = stream;
  if (offset > 0) {
    step.memory.change(stream, { length: offset });
    step.memory.lose(stream, step.now, false);
    next = step.memory.create(file, step.now);
  }
  step.memory.change(next, { skip, length: file.size - skip });
  return next;
}

/** How lines are told apart, by the beginning of the stream. */
export function layoutOf(head: Buffer): Layout {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  if (isJsonDocument(head)) return 'document';
  const text = head.toString('utf8', 0, Math.min(head.length, 8192)).replace(/^\ufeff/, '');
  const first = text.slice(0, text.search(/\r?\n|$/));
  if (/^[[{#<]/.test(first)) return 'lines';
  return (splitCsv(first, sniffDelimiter(first))?.length ?? 0) >= 3 ? 'csv' : 'lines';
}

/** A JSON document that is not whole ends with something else than a bracket. */
async function endsDocument(content: Content): Promise<boolean> {
  const parts: Buffer[] = [];
  for await (const bytes of content.bytes(Math.max(0, content.length - 256))) parts.push(bytes);
  return /[\]}]\s*$/.test(Buffer.concat(parts).toString('latin1'));
}
