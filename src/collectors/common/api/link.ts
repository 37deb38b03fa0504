import { ApiFailure } from './failure.js';

const longest = 16_384;
/** What a URL is written with, and nothing that parsers read differently: no blanks, backslashes, quotes, control or other characters. */
const plain = /^[\w\-.~:/?#[\]@!$&()*+,;=%']+$/;

/**
 * The address of the next page, where it stays on the origin and below the path of `base` (`https://graph.microsoft.com/v1.0/`):
 * the token goes with every request, and a link to elsewhere would take it there.
 * @throws ApiFailure of kind `other`
 */
export function followLink(base: string, link: string): string {
  const refuse = (why: string): never => {
    throw new ApiFailure('other', `The link to the next page ${why}: it is not followed, and the token stays here.`);
  };
  if (link.length > longest) return refuse('is too long');
  if (!plain.test(link) || !URL.canParse(link)) return refuse('is no plain absolute address');
  const home = new URL(base);
  const url = new URL(link);
  if (url.origin !== home.origin || url.protocol !== home.protocol) return refuse('leads to another host');
  if (url.username !== '' || url.password !== '' || link.includes('#')) return refuse('holds more than an address');
  // As written, before the parser has tidied up dots: what follows the host up to the query.
  const written = /^[a-z]+:\/\/[^/?]*([^?]*)/i.exec(link)?.[1] ?? '';
  if (/%2e|%2f|%5c|%25|\/\.{1,2}(\/|$)|\/\//i.test(written)) return refuse('leaves its path');
  if (!url.pathname.startsWith(home.pathname)) return refuse('leads to another part of the API');
  return url.href;
}
