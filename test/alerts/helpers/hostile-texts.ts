import { random } from '../../helpers/random.js';

/** How many strings each escaper is tried with: 20,000, or as the environment says for the long run of a million. */
export const strings = Number(process.env.ESCAPER_STRINGS ?? 20_000);

/** Time limit of a test with so many, in milliseconds. */
export const patience = Math.max(60_000, 2 * strings);

// What means something somewhere: line ends of every kind, markup, templates, CEF, MIME, syslog frames, mentions.
const pieces = [
  '\r\n',
  '\n',
  '\r',
  '\u2028',
  '\u0085',
  '\u0000',
  '\u001b[2J',
  '\t',
  ' ',
  '  ',
  '|',
  '=',
  '\\',
  '\\n',
  '\\|',
  '\\=',
  '<!channel>',
  '<@U012AB3CD>',
  '<https://evil.example|Evidence>',
  '&',
  '&lt;',
  '<',
  '>',
  '"',
  "'",
  '`',
  '```',
  '*',
  '_',
  '~',
  '#',
  '- ',
  '1. ',
  '[Evidence](https://evil.example)',
  '<at>all</at>',
  '{{DATE(2026-01-01T00:00:00Z)}}',
  '@everyone',
  '$' + '{x}',
  '{code}',
  '[code]',
  '<b>',
  '[/code]',
  'h1. ',
  '{noformat}',
  '!x.png!',
  '[~admin]',
  'CEF:0|Evil|Evil|1|1|n|10|',
  ' msg=',
  'cs1=',
  '<134>1 ',
  'Bcc: a@b.example',
  '=?utf-8?B?',
  '?=',
  '=?utf-8?Q?=0D=0ABcc:_x?=',
  '.',
  '\r\n.\r\n',
  'From ',
  '--',
  '%0d%0a',
  '\ud800',
  '\udc00',
  '\u202e',
  '\u200b',
  '\ufeff',
  '\u{1f600}',
  '\u00e4',
  '\u6f22',
  'e\u0301',
  'a',
  'Otter',
  'https://evil.example',
  '\u{e0041}',
] as const;

/** Pairs of a title and a text as logs could hold them; the same ones each time. */
export function* hostileTexts(count: number, seed = 20_261_126): Generator<readonly [title: string, text: string]> {
  const chance = random(seed);
  const text = (): string => {
    let made = '';
    for (let left = Math.floor(chance() * 12); left > 0; left--) {
      const any = String.fromCharCode(Math.floor(chance() * (chance() < 0.5 ? 256 : 65_536)));
      made += chance() < 0.75 ? (pieces[Math.floor(chance() * pieces.length)] ?? '') : any;
    }
    return chance() < 0.002 ? made.repeat(400) : made;
  };
  for (let i = 0; i < count; i++) yield [`x${text()}`, text()];
}
