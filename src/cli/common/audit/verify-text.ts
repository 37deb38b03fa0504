import { safeLine } from '../../../core/terminal.js';
import { formatTime } from '../../../core/time.js';
import { badWords } from '../../../jobs/audit/notices.js';
import { isGood, type Verified } from './verify.js';

const count = (value: number): string => value.toLocaleString('en-US');

/** What was found, for people. */
export function verifyText(found: Verified): string {
  const { records, head, vouched, bad, losses, checkpoints } = found;
  const lines: string[] = [];
  if (bad === undefined) lines.push(`${records} records fit the chain. The hash of the last is`, `  ${head}`);
  else if (bad.until > bad.index)
    lines.push(
      `Record ${bad.index + 1} does not fit (index ${bad.index}), or one of those up to ${bad.until + 1} (index ${bad.until}):`,
      '  a signed checkpoint knows others. They were written anew, with right hashes.',
    );
  else
    lines.push(
      `Record ${bad.index + 1} does not fit (index ${bad.index}): it ${badWords[bad.why]}.`,
      '  The hash of the last that fits is',
      `  ${head}`,
    );
  if (bad !== undefined) lines.push(`  Records that a checkpoint vouches for: ${count(vouched)}.`);
  lines.push(...checkpointLines(found));
  for (const { place, why } of checkpoints.bad) lines.push(`Bad checkpoint: ${safeLine(place)}`, `  ${safeLine(why)}.`);
  for (const loss of losses)
    lines.push(
      `A loss was accepted: records ${loss.from} to ${loss.to}, by ${safeLine(loss.who)} on ${formatTime(loss.at)}`,
      `  (record ${loss.seq}): ${safeLine(loss.why)}`,
    );
  return `${lines.join('\n')}\n`;
}

function checkpointLines({ records, bad, checkpoints }: Verified): string[] {
  const { stored, files, given, fit, lost, last } = checkpoints;
  if (stored + files + given === 0) return ['There is no checkpoint: only the chain itself was looked at.'];
  const lines = [
    `Checkpoints: ${count(stored)} in the database, ${count(files)} in folders, ${count(given)} given; ${count(fit)} fit${lost === 0 ? '' : `, ${count(lost)} are of before a loss`}.`,
  ];
  if (last !== undefined && bad === undefined)
    lines.push(
      `  The last is of ${formatTime(last.at)} with ${count(last.size)} records; ${count(Math.max(0, records - last.size))} came since.`,
    );
  return lines;
}

/** The same for programs. `bad`: the number of the first record that does not fit. */
export function verifyJson(found: Verified, keys: readonly string[]): Record<string, unknown> {
  const { records, head, vouched, bad, losses, checkpoints } = found;
  const { last, ...counts } = checkpoints;
  return {
    ok: isGood(found),
    records,
    head,
    vouched,
    bad: bad === undefined ? null : bad.index + 1,
    first_bad:
      bad === undefined ? null : { record: bad.index + 1, index: bad.index, until_index: bad.until, why: bad.why },
    checkpoints: {
      ...counts,
      last: last === undefined ? null : { size: last.size, epoch: last.epoch, at: new Date(last.at).toISOString() },
    },
    losses,
    keys,
  };
}
