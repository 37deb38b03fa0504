import { closeSync, openSync } from 'node:fs';
import { type Answer, Tally } from './answer.js';
import { ByteWriter, bytes } from './bytes.js';
import type { Layout } from './layout.js';
import { cloudflare } from './layouts/cloudflare.js';
import { elff } from './layouts/elff.js';
import { squid } from './layouts/squid.js';
import { zeek } from './layouts/zeek.js';
import { zeekJson } from './layouts/zeek-json.js';
import { zscaler } from './layouts/zscaler.js';
import { Random } from './random.js';
import { defaults, Traffic, type TrafficOptions } from './traffic.js';

export const layouts = { squid, zscaler, zeek, 'zeek-json': zeekJson, cloudflare, elff } as const satisfies Record<
  string,
  Layout
>;
export type LayoutName = keyof typeof layouts;
export const layoutNames = Object.keys(layouts) as LayoutName[];

const NEWLINE = 10;

/** Settings of a log; what is left out is as in `defaults`. */
export type LogOptions = Partial<TrafficOptions> & Pick<TrafficOptions, 'lines'>;

/**
 * Writes a log of one layout to a file or named pipe, in the order of time, and says what must be found in it. The same
 * options give the same bytes. About 3 million lines a second.
 */
export function generate(name: LayoutName, path: string, options: LogOptions): Answer {
  const full: TrafficOptions = { ...defaults, needles: [], ...options };
  const layout: Layout = layouts[name];
  const traffic = new Traffic(full, layout.json);
  const tally = new Tally(traffic.services, traffic.days);
  const cuts = new Random(full.seed + 1);
  const file = openSync(path, 'w');
  const out = new ByteWriter(file);
  let [rejected, skipped, needleLines] = [0, countLines(layout.header) + countLines(layout.footer), 0];
  try {
    out.put(bytes(layout.header));
    for (let index = 0; index < full.lines; index++) {
      traffic.next(index);
      const { kind } = traffic;
      if (kind === 'blank') skipped++;
      else {
        const start = out.at;
        const whole = layout.write(out, traffic);
        if (kind === 'torn' || (kind === 'spoiled' && !layout.spoils))
          out.at = start + 1 + cuts.below(whole - start - 1);
        if (kind !== 'whole') {
          rejected++;
          // A cut may leave part of a needle, so here the bytes themselves are asked.
          const text = out.buffer.toString('latin1', start, out.at);
          if (full.needles.some((needle) => text.includes(needle))) needleLines++;
        } else {
          if (traffic.service >= 0) {
            tally.add(
              traffic.service,
              traffic.day,
              traffic.user,
              traffic.refused,
              layout.logs.bytesOut ? traffic.bytesOut : 0,
              layout.logs.bytesIn ? traffic.bytesIn : 0,
            );
          }
          if (traffic.hostNeedle || (traffic.queryNeedle && (!layout.tunnelsHide || !traffic.tunnel))) needleLines++;
        }
      }
      out.byte(NEWLINE);
      out.flushIfFull();
    }
    out.put(bytes(layout.footer));
    out.flush();
  } finally {
    closeSync(file);
  }
  const lines = full.lines + countLines(layout.header) + countLines(layout.footer);
  return { layout: name, bytes: out.total, lines, skipped, rejected, needleLines, ...tally.result() };
}

const countLines = (text: string): number => text.split('\n').length - 1;
