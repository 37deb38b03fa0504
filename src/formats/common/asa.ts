import { type Outcome, reject, skip } from '../../core/format.js';
import { known, whole } from '../../core/text.js';

// "Cisco Secure Firewall ASA Series Syslog Messages". An end of `if:address/port`, where a name of the firewall's own may stand for the address, its mapped address, and the user of identity firewall.
const place = String.raw`[\w.-]{1,64}:([^\s/()]{1,100})\/(\d{1,5})`;
const mapped = String.raw` ?\([^()\s]{1,60}\)`;
const person = String.raw` ?(?:\(([^()]{1,128})\))?`;
const built = new RegExp(
  `^Built (in|out)bound (?:TCP|UDP) connection \\d{1,20} for ${place}${mapped}${person} to ${place}${mapped}${person}`,
);
const denied = new RegExp(`^Deny (?:tcp|udp) src ${place}(?:${mapped})? dst ${place}`);
const accessed =
  /^(?:([^\s@]{1,128})@)?([\da-fA-F.:]{2,45}) ?(?:\([^()]{0,128}\) ?)?Accessed (?:JAVA )?URL ([\da-fA-F.:]{2,45}?):([a-z]{2,10}:\/\/\S+|\/\S*)/;
const refused =
  /^Access denied URL (\S{1,4096}) SRC ([\da-fA-F.:]{2,45})(?:\([^()]{0,128}\))? DEST ([\da-fA-F.:]{2,45}?)(?:\([^()]{0,128}\))?:? /;

const unreadable = reject('the text of the message is not readable');

/**
 * The messages of ASA that name where a client went: 304001 and 304002 URLs, 302013 and 302015 connections built, 106023 refused by an
 * access list. The end of a connection (302014, 302016) counts the bytes of both directions in one and does not say who began: a skip.
 */
export function readAsaMessage(id: string, message: string): Outcome {
  switch (id) {
    case '304001': {
      const m = accessed.exec(message);
      return m === null
        ? unreadable
        : { kind: 'web', action: 'allowed', user: known(m[1]), src_ip: m[2], dst_ip: m[3], url: m[4] };
    }
    case '304002': {
      const m = refused.exec(`${message} `);
      return m === null ? unreadable : { kind: 'web', action: 'blocked', url: m[1], src_ip: m[2], dst_ip: m[3] };
    }
    case '302013':
    case '302015': {
      const m = built.exec(message);
      if (m === null) return unreadable;
      // The side of lower security comes first, whoever began.
      const [first, second] = [m.slice(2, 5), m.slice(5, 8)];
      const [from, to] = m[1] === 'in' ? [first, second] : [second, first];
      return {
        kind: 'web',
        flow: true,
        action: 'allowed',
        user: known(from[2]),
        src_ip: from[0],
        dst_ip: to[0],
        port: whole(to[1]),
      };
    }
    case '106023': {
      const m = denied.exec(message);
      // Other protocols have no ports.
      if (m === null) return /^Deny \S+ src /.test(message) ? skip('refused packet without ports') : unreadable;
      return { kind: 'web', flow: true, action: 'blocked', src_ip: m[1], dst_ip: m[3], port: whole(m[4]) };
    }
    default:
      return skip('message without destinations');
  }
}
