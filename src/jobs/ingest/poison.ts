import type { Format, Reader } from '../../core/format.js';

/**
 * For tests of the quarantine: formats whose readers end their thread, throw, hang or eat memory at a record that holds a text,
 * as a mistake in a parser would. `rule`: `TEXT=exit`, `TEXT=throw`, `TEXT=hang` or `TEXT=oom`.
 */
export function poisoned(formats: ReadonlyMap<string, Format>, rule: string): ReadonlyMap<string, Format> {
  const at = rule.lastIndexOf('=');
  const [needle, deed] = [rule.slice(0, at), rule.slice(at + 1)];
  // Nothing but `read`: without a speed path every record comes by.
  const wrap = (reader: Reader): Reader => ({
    read(text) {
      if (text.includes(needle)) act(deed);
      return reader.read(text);
    },
  });
  const spoil = ({ title, kinds, framing, detect, open }: Format): Format => ({
    title,
    kinds,
    framing,
    detect,
    open: (context) => wrap(open(context)),
  });
  return new Map([...formats].map(([id, format]) => [id, spoil(format)]));
}

function act(deed: string): void {
  if (deed === 'exit') process.exit(1);
  if (deed === 'throw') throw new RangeError('poison');
  while (deed === 'hang');
  const hog: number[][] = [];
  while (deed === 'oom') hog.push(new Array<number>(1_000_000).fill(hog.length));
}
