import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8's nursery at its first size from now on. A scan makes few objects that live longer than a line, so a larger one,
 * to which V8 comes within seconds, only holds garbage: one million lines took 136 MB of memory instead of 115, ten million
 * 240 instead of 200, for 4 % less processor time. V8 reads the flag whenever it would grow the nursery, so it may be set
 * while the program runs.
 */
export function keepNurserySmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
