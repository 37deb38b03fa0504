import type { Format, FormatContext } from '../core/format.js';
import { type Mapping, mappingFormats } from '../core/mapping.js';
import { RecordReader } from './read-records.js';

/** Share of the first records that must become events before a mapping is taken to fit. */
const enough = 0.5;

/**
 * The formats, with that of the mapping file detecting what the mapping fits: a folder may hold other logs too, which keep
 * their own formats.
 */
export function withMapping(
  formats: ReadonlyMap<string, Format>,
  mapping: Mapping,
  zone: string,
): ReadonlyMap<string, Format> {
  const id = mappingFormats[mapping.framing.type];
  const format = formats.get(id);
  if (format === undefined) return formats;
  const detect: Format['detect'] = (sample) => {
    const fits = fitOf(id, format, { zone, modified: Date.now(), mapping, sample });
    if (fits < enough) return format.detect(sample);
    // Above a guess, below the certainty of a format that knows its lines; but what a person says of columns goes before what is found
    // out about them.
    return {
      confidence: 0.5 + (mapping.expenses === undefined ? 0.4 : 0.49) * fits,
      why: `${Math.round(fits * 100)} % of the first records fit the mapping file`,
    };
  };
  return new Map([...formats, [id, { ...format, detect }]]);
}

/** Share of the sample's records, without skips, that become events. */
function fitOf(id: string, format: Format, context: FormatContext): number {
  const bytes = Buffer.from(context.sample.text);
  const reader = new RecordReader(id, format, context, bytes, { event: () => {}, reject: () => {} });
  reader.push(bytes);
  reader.end();
  const { withEvents, rejected } = reader.counts;
  return withEvents === 0 ? 0 : withEvents / (withEvents + rejected);
}
