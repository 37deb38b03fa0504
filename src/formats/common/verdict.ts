import type { Action } from '../../core/event.js';

const negated = /\bnot[ _-]?(?:blocked|denied|dropped)|unblock/;
const blocking =
  /block|den(?:y|ied)|drop(?!box)|reject|refus|prevent|forb[ia]d|disallow|prohibit|quarantin|\bnot[ _-]?(?:allow|permit)|\breset|(?:\b|_)fail/;
const allowing =
  /allow|permit|\bpass(?:ed|through|[ _-]through)?\b|accept|success|monitor|alert|observ|proxied|detect|bypass|continue|forward|establish|grant|inspect|decrypt|\b(?:ok|log|logged|close|timeout|client-rst|server-rst|tunnel(?:ed)?)\b/;

/** What a vendor's word for its decision says: `Blocked`, `block-url`, `TCP_DENIED`, `/Failure`, `Permitted`...; undefined when nothing. */
export function verdict(word: string | undefined): Action | undefined {
  if (word === undefined) return undefined;
  // `REQ_PASSED`: an underscore would count as a letter.
  const text = word.slice(0, 200).toLowerCase().replaceAll('_', ' ');
  if (negated.test(text)) return 'allowed';
  if (blocking.test(text)) return 'blocked';
  return allowing.test(text) ? 'allowed' : undefined;
}

const words =
  /\b(?:(allow|allowed|permit|permitted|accept|accepted|observed)|block|blocked|deny|denied|drop|dropped|reject|rejected|prevented|quarantined)\b/gi;

/** A decision inside a name or category, as whole words only, so that Dropbox is none; undefined where both are named. */
export function verdictIn(text: string | undefined): Action | undefined {
  let found: Action | undefined;
  for (const [, allowed] of (text ?? '').slice(0, 200).matchAll(words)) {
    const action: Action = allowed === undefined ? 'blocked' : 'allowed';
    if (found !== undefined && found !== action) return undefined;
    found = action;
  }
  return found;
}
