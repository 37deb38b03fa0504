const milliseconds = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const bytes = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
} as const;

/** Durations as they are written: `90d`, `1h30m`, `500ms`. At most 9 digits a part, so that no sum leaves the safe integers. */
export const durationPattern = /^(?:\d{1,9}(?:ms|s|m|h|d|w)){1,6}$/;
/** Sizes as they are written: `16MiB`, `1.5 GB`, `4096B`. */
export const sizePattern = /^\d{1,9}(?:\.\d{1,3})? ?(?:[KMGT]i?)?B$/;

/** Milliseconds of a duration; undefined for what is none. */
export function parseDuration(text: string): number | undefined {
  if (!durationPattern.test(text)) return undefined;
  let sum = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)([a-z]+)/g))
    sum += Number(amount) * milliseconds[unit as keyof typeof milliseconds];
  return sum;
}

/** Bytes of a size; undefined for what is none. KB is 1000 and KiB 1024. */
export function parseSize(text: string): number | undefined {
  if (!sizePattern.test(text)) return undefined;
  const [, amount = '', unit = ''] = /^([\d.]+) ?(.+)$/.exec(text) ?? [];
  return Math.round(Number(amount) * bytes[unit as keyof typeof bytes]);
}

/** A number of milliseconds as `parseDuration` reads it: `90d`, `1h30m`. */
export function formatDuration(value: number): string {
  let rest = value;
  let text = '';
  for (const unit of ['d', 'h', 'm', 's', 'ms'] as const) {
    const amount = Math.floor(rest / milliseconds[unit]);
    if (amount > 0) text += `${amount}${unit}`;
    rest -= amount * milliseconds[unit];
  }
  return text === '' ? '0s' : text;
}

/** A number of bytes as `parseSize` reads it, exactly: `16MiB`, `1000B`. */
export function formatSize(value: number): string {
  for (const unit of ['TiB', 'GiB', 'MiB', 'KiB', 'TB', 'GB', 'MB', 'KB'] as const)
    if (value > 0 && value % bytes[unit] === 0) return `${value / bytes[unit]}${unit}`;
  return `${value}B`;
}
