import { createHash } from 'node:crypto';
import { ApiFailure } from './failure.js';

const mostPages = 1_000_000;

/**
 * All pages, one after another, each with the link to the next one. A link that does not work any more, or any link that a run before left,
 * is given up for the first page.
 * @throws ApiFailure of kind `other` when a page was given before: the end would never come
 */
export async function* pagesOf<Page extends { next?: string | undefined }>(
  read: (link: string | undefined) => Promise<Page>,
  from: string | undefined,
): AsyncGenerator<{ page: Page; next: string | undefined }, void> {
  const seen = new Set<string>();
  let restarted = false;
  let link = from;
  for (let count = 0; count < mostPages; count++) {
    let page: Page;
    try {
      page = await read(link);
    } catch (error) {
      const expired =
        error instanceof ApiFailure &&
        (error.kind === 'gone' || (error.kind === 'other' && error.status !== undefined));
      if (link === undefined || !expired || restarted) throw error;
      restarted = true;
      seen.clear();
      link = undefined;
      continue;
    }
    const { next } = page;
    if (next !== undefined) {
      const print = createHash('sha256').update(next).digest('base64').slice(0, 22);
      if (seen.has(print))
        throw new ApiFailure(
          'other',
          'The provider gives a page again that it gave before: the reading ends here, and begins anew next time.',
        );
      seen.add(print);
    }
    yield { page, next };
    if (next === undefined) return;
    link = next;
  }
}
