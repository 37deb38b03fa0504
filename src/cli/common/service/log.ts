import { type Logger, pino, stdTimeFunctions } from 'pino';
import { safeJson, safeLine } from '../../../core/terminal.js';
import { hideSecrets } from '../config-secrets.js';

/**
 * The log of the service: a JSON object a line on standard output, or a short line for people where that is a terminal. Whatever a
 * line holds, the secrets of the configuration are taken out of it.
 */
export function openLog(level: string, secrets: () => ReadonlySet<string>): Logger {
  const forPeople = process.stdout.isTTY;
  const stream = {
    write(line: string): void {
      const clean = hideSecrets(line, secrets());
      process.stdout.write(forPeople ? shortLine(clean) : safeJson(clean));
    },
  };
  return pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: [
          'authorization',
          '*.authorization',
          'headers.*',
          'password',
          '*.password',
          'secret',
          '*.secret',
          'token_secret',
        ],
        censor: '(hidden)',
      },
    },
    stream,
  );
}

function shortLine(line: string): string {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return line;
  }
  const { time, level, msg, pid: _pid, err, ...rest } = fields;
  const about = Object.entries(rest).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const why = (err as { message?: string } | undefined)?.message;
  const words = [
    String(time).slice(11, 19),
    String(level).padEnd(5),
    String(msg),
    ...(why === undefined ? [] : [why]),
    ...about,
  ];
  return `${safeLine(words.join(' '))}\n`;
}
