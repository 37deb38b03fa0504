import type { Batch } from '../collector.js';
import type { Opened } from './content.js';
import { draftOf } from './draft.js';
import type { Step } from './step.js';
import type { Stream } from './stream.js';
import { beforeFragment, type Survey, survey } from './survey.js';

/** Gives out what a compressed file holds beyond what is known of its stream, as one piece. False: it is another stream now. */
export async function* growPacked(step: Step, stream: Stream, opened: Opened): AsyncGenerator<Batch, boolean> {
  const seen = await survey(opened.content, stream.prints, { header: stream.header });
  if (!seen.verified) return false;
  yield* keepPacked(step, stream, opened, seen);
  return true;
}

/** The same, when the file was just read. `key`: of the piece, where it is the whole stream. */
export async function* keepPacked(
  step: Step,
  stream: Stream,
  opened: Opened,
  seen: Survey,
  key?: string,
): AsyncGenerator<Batch> {
  const { prints, header, damage } = seen;
  const before = stream.sig;
  step.seen(stream, opened, prints.offset);
  if (damage !== undefined && (before === '' || before !== stream.sig)) tellDamage(step, stream, opened, damage);
  if (prints.offset <= stream.prints.offset) return;
  step.add(draftOf(stream, opened.file, prints, { key }));
  const line = await beforeFragment(opened.content, stream.line ?? stream, seen);
  step.memory.change(stream, { prints, header, line });
  yield* step.batch();
}

function tellDamage(
  step: Step,
  stream: Stream,
  { file }: Opened,
  { stored, why }: { stored: number; why: string },
): void {
  const place = `${stored} to ${file.size}`;
  const rest = stored > 0 ? 'what is whole before is read' : 'nothing before is whole';
  step.gap(
    stream,
    `cannot be unpacked in its bytes ${place} (${why}): ${rest}, and it is tried again when the file changes; copy the file again`,
    file.size - stored,
  );
}
