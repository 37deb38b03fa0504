import { type Report, reportSchema } from '../../src/reports/schema.js';
import { namedReport } from './fixture.js';

/** What somebody who can write into a log would try on the page that shows it. */
export const attacks: readonly string[] = [
  '<script>window.pwned=1</script>',
  '</title></style></script><script>window.pwned=1</script>',
  '<img src=x onerror="window.pwned=1">',
  '"><svg onload=window.pwned=1>',
  "' autofocus onfocus='window.pwned=1",
  '`onmouseover=window.pwned=1',
  'javascript:window.pwned=1',
  '--><!-- <![CDATA[ ]]> <?php ?>',
  '&lt;b&gt; &#60;b&#62; &amp;lt;',
  '</bdi></td></tr></table></details></main><h1>All is well</h1>',
  '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
  '<link rel=stylesheet href=//evil.example/x.css><base href="https://evil.example/">',
  '<a href="https://evil.example">click</a>',
  'line one\nline two\r\n\ttabbed',
  '\u202egnp.exe\u202c \u2066isolated\u2069 \u200bzero\u200dwidth\ufeff \u{e0041}\u{e007f}',
  '\u0000\u0007\u001b[31mred\u001b[0m\u007f\u0085',
  'half \ud83d and half \ude00',
  `${'שלום'.repeat(20)} ${'a'.repeat(3000)}`,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a template is what it tries to be
  '${7*7} {{7*7}} $& $1 $` \\u{202e}',
  '#f-1', // an anchor of the page
  '',
];

// What the schema fixes, so that no log can set it.
const fixed = new Set([
  'report',
  'verdict',
  'account_kind',
  'level',
  'strength',
  'provenance',
  'day',
  'from',
  'to',
  'as_of',
  'date',
  'expires',
]);

/** The report with every free string, and every key of a free-form record, replaced by what `change` makes of it. */
export function mapStrings(report: Report, change: (text: string) => string): Report {
  const walk = (value: unknown, path: readonly string[]): unknown => {
    const key = path.at(-1) ?? '';
    const parent = path.at(-2) ?? '';
    if (typeof value === 'string') {
      if (
        fixed.has(key) ||
        (key === 'group' && parent === 'factors') ||
        (parent === 'subscriptions' && ['cadence', 'state', 'since', 'last', 'next'].includes(key)) ||
        (parent === 'contracts' && ['by', 'state'].includes(key)) ||
        (key === 'kind' && (parent === 'candidates' || parent === 'uses'))
      )
        return value;
      if ((key === 'confidence' && parent === 'evidence') || (key === 'name' && parent === 'product')) return value;
      return change(value);
    }
    if (Array.isArray(value)) return value.map((item) => walk(item, path));
    if (typeof value !== 'object' || value === null) return value;
    const free = key === 'spend' || key === 'numbers' || key === 'skips' || key === 'rejects';
    // A number in front keeps keys different from each other, in their order, and never `__proto__`.
    const rename = (name: string, i: number): string => (free ? `k${i} ${change(name.replace(/^k\d+ /, ''))}` : name);
    return Object.fromEntries(
      Object.entries(value).map(([name, item], i) => [rename(name, i), walk(item, free ? path : [...path, name])]),
    );
  };
  return reportSchema.parse(walk(report, []));
}

/** A report in whose every free string stands an attack, each in many places. */
export function hostileReport(): Report {
  let next = 0;
  return mapStrings(namedReport(), (text) => {
    const attack = attacks[next++ % attacks.length] ?? '';
    // Times and zones stay what they are in some places, so that both ways are shown.
    return next % 3 === 0 ? attack : `${text} ${attack}`;
  });
}
