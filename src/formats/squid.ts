import type { Action } from '../core/event.js';
import { type Format, type Reader, reject } from '../core/format.js';
import { unwrapSyslog } from '../core/syslog.js';
import { known, whole } from '../core/text.js';
import { parseEpoch } from '../core/time.js';
import { share } from './shared/detect.js';

// Native access.log, http://wiki.squid-cache.org/Features/LogFormat:
// %ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt
const line =
  /^\s*(\d{9,10}\.\d{1,3})\s+(-?\d+)\s+(\S+)\s+([A-Z_]+|-)\/(\d{1,3}|-)\s+(\d+|-)\s+(\S+)\s+(\S+)\s+(\S+)\s+([A-Z_]+|-)\/(\S+)(?:\s+(\S+))?/;

const reader: Reader = {
  read(text) {
    const m = line.exec(text) ?? line.exec(unwrapSyslog(text).message);
    if (!m) return reject('not a line of Squid native format');
    const [, time = '', , client, result = '', status = '', bytes, method, url, user, hierarchy = '', peer] = m;
    const direct = hierarchy.endsWith('DIRECT') ? peer : undefined;
    return {
      kind: 'web',
      action: actionOf(result, Number(status)),
      time: parseEpoch(time),
      src_ip: client,
      status: whole(status) === 0 ? undefined : whole(status),
      bytes_in: whole(bytes),
      method: known(method),
      url: known(url),
      user: known(user),
      dst_ip: direct,
    };
  },
};

/** A 407 asks for a password: the request did not go through. */
function actionOf(result: string, status: number): Action {
  if (/DENIED/.test(result) || status === 407) return 'blocked';
  return /^(NONE|TAG_NONE|-)$/.test(result) && status === 0 ? 'unknown' : 'allowed';
}

/** Squid access log, native format (`logformat squid`), user names and syslog header allowed. */
export const format: Format = {
  title: 'Squid access log (native)',
  kinds: ['web'],
  framing: 'lines',
  detect(sample) {
    const fitting = share(sample.lines, (text) => line.test(text) || line.test(unwrapSyslog(text).message));
    return fitting > 0
      ? {
          confidence: fitting * 0.98,
          why: `${Math.round(fitting * 100)} % of the first lines have time, elapsed, client, RESULT/status, bytes, method, URL`,
        }
      : undefined;
  },
  open: () => reader,
};
