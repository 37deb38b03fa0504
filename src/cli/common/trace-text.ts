import { safeLine } from '../../core/terminal.js';
import type { Traced, TracedFinding } from '../../evidence/verify/trace.js';

const labelled = (label: string, value: string): string => `${`${label}:`.padEnd(15)}${safeLine(value)}`;

/** The way from a finding or a record to its line, for people. */
export function traceText(traced: Traced): string {
  const lines = traced.kind === 'finding' ? findingLines(traced) : recordLines(traced);
  return `${lines.join('\n')}\n`;
}

const findingHead = (finding: TracedFinding | null): string[] =>
  finding === null
    ? ['Finding:       none of this bundle']
    : [
        labelled('Finding', `${finding.id}, ${finding.verdict} (${finding.state})`),
        labelled('  because', finding.reason),
      ];

function findingLines({ finding, records, count }: Extract<Traced, { kind: 'finding' }>): string[] {
  const more = count - records.length;
  return [
    ...findingHead(finding),
    ...records.map(({ id, time, actor, reason }) => labelled('Record', `${id}  ${time}  ${actor}  ${reason}`)),
    ...(more > 0 ? [`               and ${more} more in evidence.ndjson`] : []),
    ...(count === 0
      ? ['Record:        none is kept of this period']
      : ['', 'Each is followed to its place with --trace and its id.']),
  ];
}

function recordLines({ finding, number, input, record, original }: Extract<Traced, { kind: 'record' }>): string[] {
  const lines = findingHead(finding);
  if (number === null) lines.push('Number:        none of this bundle');
  else {
    const { row, day, actor, events, attempts, parts, rest } = number;
    lines.push(labelled('Number', `row ${row}, ${day}, ${actor}: ${events} events, ${attempts} attempts`));
    for (const part of parts)
      lines.push(
        labelled(
          '  of it',
          `${part.events} events, ${part.attempts} attempts from lines ${part.lines.join(' to ')} of ${part.chunk}`,
        ),
      );
    if (rest !== null)
      lines.push(
        labelled('  rest', `${rest.events} events, ${rest.attempts} attempts whose shares are no longer kept`),
      );
  }
  lines.push(
    labelled('Input', `${input.name} (${input.format}), ${input.bytes} bytes, ${input.lines} lines`),
    labelled('  SHA-256', input.sha256),
    labelled('Record', `line ${record.line}, ${record.time}`),
    labelled('  matched', `${record.signature}: ${record.reason}`),
    labelled('  SHA-256', record.sha256),
    labelled('  as kept', record.sample),
  );
  if (original !== null)
    lines.push(
      labelled(
        'Original',
        `${original.file}: ${original.same ? 'the same bytes' : `OTHER BYTES, their SHA-256 is ${original.sha256}`}`,
      ),
      labelled('  its line', original.record ?? 'NO RECORD with this SHA-256 begins there'),
    );
  return lines;
}
