/** Gives an answer that is younger than `freshFor` milliseconds, and else makes it: asked often, by many at once, it is made once. */
export type Recent = <T>(key: string, freshFor: number, make: () => Promise<T>) => Promise<T>;

const most = 200;

/** What was made a moment ago, at most 200 answers. Those that failed are not kept. */
export function createRecent(): Recent {
  const kept = new Map<string, { at: number; answer: Promise<unknown> }>();
  return <T>(key: string, freshFor: number, make: () => Promise<T>): Promise<T> => {
    const now = performance.now();
    const found = kept.get(key);
    if (found !== undefined && now - found.at < freshFor) return found.answer as Promise<T>;
    const answer = make();
    kept.delete(key);
    kept.set(key, { at: now, answer });
    answer.catch(() => {
      if (kept.get(key)?.answer === answer) kept.delete(key);
    });
    const oldest = kept.keys().next();
    if (kept.size > most && oldest.done !== true) kept.delete(oldest.value);
    return answer;
  };
}
