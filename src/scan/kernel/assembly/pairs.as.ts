// Lines of `key=value`.

import { find2 } from './bytes.as';
import { after, OUT } from './state.as';
import { K_HOST, K_LOOK, K_PATH, K_TOKEN, K_URL, KEY_KIND, LOOK, ORDINARY, UNFIT, UNKNOWN } from './steps.as';
import { host, listed, pathTo, url } from './targets.as';
import { judge, lookup } from './tokens.as';

/** `key=value key="value" ...`: keys as those of JSON. */
export function pairs(p: usize, e: usize, required: u32): u32 {
  let c = p;
  let seen: u32 = 0;
  for (;;) {
    const k = c;
    c = find2(k, e, 61, 32);
    if (c >= e || load<u8>(c) !== 61 || c === k) return UNFIT;
    const key = lookup(k, (c - k) as u32, KEY_KIND);
    if (key === 0) {
      store<u32>(OUT, k as u32, 12);
      store<u32>(OUT, (c - k) as u32, 16);
      store<u32>(OUT, KEY_KIND, 20);
      return UNKNOWN;
    }
    c++;
    const quoted = load<u8>(c) === 34;
    if (quoted) c++;
    const stop: u8 = quoted ? 34 : 32;
    const what = key & 0xff;
    seen |= key >> 16;
    if (what === K_LOOK) return LOOK;
    const t = find2(c, e, stop, quoted ? 92 : 34);
    if (t < e ? load<u8>(t) !== stop : quoted) return UNFIT;
    if (what === K_TOKEN) {
      const answer = judge(c, (t - c) as u32, (key >> 8) & 0xff);
      if (answer !== ORDINARY) return answer;
    } else if (what === K_HOST || what === K_URL || what === K_PATH) {
      const answer =
        t === c ? ORDINARY : what === K_HOST ? host(c, e, stop) : what === K_URL ? url(c, e, stop, stop, stop, false) : pathTo(c, e, stop, stop, stop);
      if (answer !== ORDINARY) return answer;
      if (t !== c && after !== t) return LOOK;
    }
    c = quoted ? t + 1 : t;
    if (c >= e) break;
    if (load<u8>(c) !== 32) return UNFIT;
    c++;
    // A blank behind the last pair.
    if (c === e) break;
  }
  if ((seen & required) !== required) return UNFIT;
  return listed() ? LOOK : ORDINARY;
}
