/** Something wrong in a file that people wrote: what, where, and what is accepted instead. */
export interface Problem {
  /** `error`: the row or entry does not stand. `warning`: it stands, and somebody should look. */
  severity: 'error' | 'warning';
  file: string;
  /** 1-based line on which the field, or else its row or entry, begins. */
  line: number;
  /** Empty where the problem is not about one field. */
  field: string;
  /** What was found, cut to 80 characters. Comes from the file: escape it for the place where it is shown. */
  value: string;
  /** A sentence that says what is accepted. */
  message: string;
}

/** One line for a person: `people.csv:7: email: "x" is no e-mail address; ...`. */
export const describeProblem = (problem: Problem): string =>
  `${problem.file}:${problem.line}: ${problem.field === '' ? '' : `${problem.field}: `}${problem.message}`;

/** A value as it is quoted in a problem. */
export const shortValue = (value: string): string => (value.length > 80 ? `${value.slice(0, 79)}…` : value);

/** The known name closest to a mistyped one, if it is close enough to be meant: at most a third of its letters differ. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase().slice(0, 64);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - wanted.length) >= least) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** Levenshtein distance, with one row of the table kept. */
function editDistance(a: string, b: string): number {
  const row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    let diagonal = row[0] ?? 0;
    row[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const above = row[j] ?? 0;
      row[j] = Math.min(above + 1, (row[j - 1] ?? 0) + 1, diagonal + (a[i - 1] === b[j - 1] ? 0 : 1));
      diagonal = above;
    }
  }
  return row[b.length] ?? 0;
}
