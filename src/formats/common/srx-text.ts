import type { Extension } from './extension.js';

const ends = /(?:^|\s)([\da-fA-F.:]{2,45})\/(\d{1,5})->([\da-fA-F.:]{2,45})\/(\d{1,5})(?=\s|$)/;
/** Packets and bytes from the client, from the server, and seconds. */
const volumes = /\s(\d{1,15})\((\d{1,15})\) (\d{1,15})\((\d{1,15})\) (\d{1,10})(?=\s|$)/;
/** `user(roles)`, without digits alone before the bracket: those are a protocol or a count. */
const person = /\s(?!\d+\()([^\s()]{1,100})\([^()]{0,200}\)(?=\s|$)/;
const web = /(?:^|\s)([\da-fA-F.:]{2,45})\((\d{1,5})\)->([\da-fA-F.:]{2,45})\((\d{1,5})\)(?=\s|$)/;

/**
 * The sentence of a Junos security log as the fields of its structured form, the same names. Undefined when it has none of the known
 * shapes. Source: the message texts of the System Log Explorer, for example
 * `session closed TCP FIN: 10.1.2.3/50000->198.51.100.7/443 0x0 junos-https 192.0.2.1/61000->198.51.100.7/443 ... 12(1500) 9(800) 7 ...`.
 */
export function readSrxText(tag: string, text: string): Extension | undefined {
  const sentence = text.slice(0, 8000);
  return tag.startsWith('WEBFILTER') ? readWebFilter(sentence) : readSession(tag, sentence);
}

function readSession(tag: string, text: string): Extension | undefined {
  const found = ends.exec(text);
  if (found === null) return undefined;
  const [, source = '', , destination = '', port = ''] = found;
  const fields = new Map([
    ['source-address', source],
    ['destination-address', destination],
    ['destination-port', port],
  ]);
  const rest = text.slice(found.index + found[0].length);
  if (/^(?: 0x[\da-f]{1,8})? \S{0,40}(?:icmp|ping)/i.test(rest)) fields.set('protocol-id', '1');
  const counts = volumes.exec(rest);
  if (counts !== null) fields.set('bytes-from-client', counts[2] ?? '').set('bytes-from-server', counts[4] ?? '');
  const behindCounts = counts === null ? '' : rest.slice(counts.index + counts[0].length);
  if (tag.startsWith('APPTRACK')) {
    const [, application = '', nested = ''] = wordsOf(rest);
    const [user = ''] = wordsOf(behindCounts);
    return fields.set('application', application).set('nested-application', nested).set('username', user);
  }
  const user = person.exec(rest);
  if (user === null) return fields;
  fields.set('username', user[1] ?? '');
  const [application = '', nested = ''] = tag.includes('CLOSE')
    ? wordsOf(rest.slice(rest.length - behindCounts.length, user.index))
    : tag.includes('DENY')
      ? wordsOf(rest.slice(0, user.index)).slice(-2)
      : wordsOf(rest.slice(user.index + user[0].length)).slice(1); // behind the interface
  return fields.set('application', application).set('nested-application', nested);
}

const wordsOf = (text: string): string[] => text.trim().split(/\s+/);

function readWebFilter(text: string): Extension | undefined {
  const found = web.exec(text);
  if (found === null) return undefined;
  const [, source = '', , destination = '', port = ''] = found;
  const fields = new Map([
    ['source-address', source],
    ['destination-address', destination],
    ['destination-port', port],
  ]);
  // A path may hold blanks; what follows it is fixed.
  const site = /\sURL=(\S{1,2000})(?: OBJ=(.{0,4000}?)(?= username |$))?/.exec(text.slice(found.index));
  if (site?.[1] !== undefined) fields.set('url', site[1]);
  if (site?.[2] !== undefined) fields.set('obj', site[2]);
  // The last: a path may hold these words too, and stands before.
  const user = /^ username (\S{1,200})/.exec(text.slice(Math.max(0, text.lastIndexOf(' username '))));
  if (user?.[1] !== undefined) fields.set('username', user[1]);
  return fields;
}
