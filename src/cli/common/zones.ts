import { isZone } from '../../core/time.js';
import { CliError, exitCodes } from './errors.js';

/** A time zone given on the command line. */
export function zoneOption(value: string, option: string): string {
  if (isZone(value)) return value;
  throw new CliError(
    `${option} "${value}" is no time zone; use an IANA name such as Europe/Berlin, America/New_York or UTC`,
    exitCodes.usage,
  );
}
