/** Digits after the decimal mark, ISO 4217, where they are not 2. */
const minorDigits = new Map<string, number>([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0] as const),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3] as const),
  ['CLF', 4],
  ['UYW', 4],
]);

/** Symbols that stand for one currency; `$` is the US dollar unless the record says otherwise, `kr` could be several. */
const symbols: readonly (readonly [string, string])[] = [
  ['US$', 'USD'],
  ['CA$', 'CAD'],
  ['C$', 'CAD'],
  ['AU$', 'AUD'],
  ['A$', 'AUD'],
  ['NZ$', 'NZD'],
  ['HK$', 'HKD'],
  ['S$', 'SGD'],
  ['SG$', 'SGD'],
  ['NT$', 'TWD'],
  ['MX$', 'MXN'],
  ['R$', 'BRL'],
  ['€', 'EUR'],
  ['£', 'GBP'],
  ['￥', 'JPY'],
  ['¥', 'JPY'],
  ['円', 'JPY'],
  ['₹', 'INR'],
  ['₩', 'KRW'],
  ['₺', 'TRY'],
  ['₽', 'RUB'],
  ['₪', 'ILS'],
  ['฿', 'THB'],
  ['₫', 'VND'],
  ['₱', 'PHP'],
  ['₴', 'UAH'],
  ['zł', 'PLN'],
  ['Kč', 'CZK'],
  ['Ft', 'HUF'],
  ['Fr.', 'CHF'],
  ['$', 'USD'],
];

/** Names and ISO numbers that currency columns hold instead of codes. */
const names = new Map<string, string>(
  Object.entries({
    'us dollar': 'USD',
    'us dollars': 'USD',
    'u.s. dollar': 'USD',
    'united states dollar': 'USD',
    'us, dollar': 'USD',
    dollar: 'USD',
    euro: 'EUR',
    euros: 'EUR',
    'pound sterling': 'GBP',
    'british pound': 'GBP',
    'uk pound sterling': 'GBP',
    pounds: 'GBP',
    'canadian dollar': 'CAD',
    'canada, dollar': 'CAD',
    'australian dollar': 'AUD',
    'swiss franc': 'CHF',
    'japanese yen': 'JPY',
    yen: 'JPY',
    'indian rupee': 'INR',
    'swedish krona': 'SEK',
    'norwegian krone': 'NOK',
    'danish krone': 'DKK',
    'polish zloty': 'PLN',
    'singapore dollar': 'SGD',
    '036': 'AUD',
    '124': 'CAD',
    '156': 'CNY',
    '203': 'CZK',
    '208': 'DKK',
    '344': 'HKD',
    '356': 'INR',
    '392': 'JPY',
    '578': 'NOK',
    '702': 'SGD',
    '752': 'SEK',
    '756': 'CHF',
    '826': 'GBP',
    '840': 'USD',
    '978': 'EUR',
    '985': 'PLN',
    '986': 'BRL',
  }),
);

/** ISO code of what a currency column holds: a code, a name, a symbol, a number; undefined for anything else. */
export function currencyOf(raw: string | undefined): string | undefined {
  const text = raw?.trim() ?? '';
  if (/^[a-z]{3}$/i.test(text)) return text.toUpperCase();
  const lead = /^([A-Z]{3})\s*[-–(:]/.exec(text) ?? /\(([A-Z]{3})\)$/.exec(text);
  return lead?.[1] ?? names.get(text.toLowerCase()) ?? symbols.find(([symbol]) => symbol === text)?.[1];
}

/** Whether a column writes `1.234,56` or `1,234.56`; undefined where its values do not tell. */
export type DecimalMark = ',' | '.' | undefined;

export function decimalMark(values: readonly string[]): DecimalMark {
  let [comma, point] = [0, 0];
  for (const value of values) {
    const mark = markOf(parseMoney(value)?.digits ?? '');
    if (mark === ',') comma++;
    else if (mark === '.') point++;
  }
  return comma === point ? undefined : comma > point ? ',' : '.';
}

/** The decimal mark that the digits themselves prove: of two different marks the last; a lone one unless three digits follow it. */
function markOf(digits: string): DecimalMark {
  const [comma, point] = [digits.lastIndexOf(','), digits.lastIndexOf('.')];
  if (comma < 0 && point < 0) return undefined;
  const [last, mark, other] = comma > point ? [comma, ',' as const, '.' as const] : [point, '.' as const, ',' as const];
  if (Math.min(comma, point) >= 0) return mark;
  // `1.234.567`: a mark that comes twice groups thousands, so the other one is for decimals.
  if (digits.indexOf(mark) !== last) return other;
  return digits.length - last - 1 === 3 && last > 0 && last <= 3 && !digits.startsWith('0') ? undefined : mark;
}

/** For a lone mark that groups thousands: the other mark, so that nothing is taken for decimals. */
const groupMark = (digits: string): DecimalMark => (digits.includes(',') ? '.' : ',');

/** An amount as written: its sign, digits, and a currency where the text names one. */
export interface Money {
  negative: boolean;
  /** `CR` or `DR` beside the amount. */
  side: 'credit' | 'debit' | undefined;
  /** Digits, dots and commas. */
  digits: string;
  currency: string | undefined;
}

/** Takes apart `$1,234.00`, `($25.00)`, `-12,00 €`, `25.00-`, `EUR 12,-`, `1'234.50 CHF`, `12.00 CR`; undefined for what is no amount. */
export function parseMoney(raw: string): Money | undefined {
  if (raw.length > 60) return undefined;
  let text = raw
    .normalize('NFKC')
    .replace(/^='?|"/g, '')
    .replace(/[\u2212\u2012-\u2015]/g, '-')
    .replace(/\s+/g, ' ')
    .trim();
  let negative = false;
  if (text.startsWith('(') && text.endsWith(')')) {
    negative = true;
    text = text.slice(1, -1).trim();
  }
  const credit = /[\d)] ?(CR|DR)\.?$/i.exec(text);
  const side = credit?.[1] === undefined ? undefined : /^c/i.test(credit[1]) ? 'credit' : 'debit';
  if (credit) text = text.slice(0, credit.index + 1).trim();
  // `12,-` and `12.--`: no decimals.
  text = text.replace(/(\d)[.,]-{1,2}(?=\D|$)/, '$1');
  const code = /^[+-]? ?([A-Z]{3})(?![A-Z])/i.exec(text) ?? /[\d\s-]([A-Z]{3})$/i.exec(text);
  let currency = code?.[1]?.toUpperCase();
  if (code?.[1] !== undefined) text = text.replace(code[1], ' ').trim();
  else {
    const found = symbols.find(([symbol]) => text.includes(symbol.normalize('NFKC')));
    if (found) {
      currency = found[1];
      text = text.replace(found[0].normalize('NFKC'), ' ').trim();
    } else text = text.replace(/^kr\.? ?| ?kr\.?$/i, '').trim();
  }
  if (text.startsWith('(') && text.endsWith(')')) {
    negative = true;
    text = text.slice(1, -1).trim();
  }
  const sign = /^([+-])|([+-])$/.exec(text);
  if (sign) {
    negative ||= sign[0] === '-';
    text = (sign[1] === undefined ? text.slice(0, -1) : text.slice(1)).trim();
  }
  const digits = text.replace(/(?<=\d)[ '’](?=\d)/g, '');
  return /^(?=[.,]?\d)[\d.,]{1,24}$/.test(digits) ? { negative, side, digits, currency } : undefined;
}

/** Minor units of `currency` (2 digits where it is unknown), half a unit rounded up; undefined when the number is too long. */
export function minorUnits(digits: string, currency: string | undefined, mark: DecimalMark): number | undefined {
  const places = minorDigits.get(currency ?? '') ?? 2;
  // Where a currency has no decimals three digits after a mark are thousands.
  const own = markOf(digits) ?? (places === 0 ? groupMark(digits) : undefined);
  // `1.234` or `1,234` alone: the column's habit, else three decimals only for currencies that have three.
  const decimal = own ?? mark ?? (places === 3 ? '.' : ',');
  const ambiguous = own === undefined && mark === undefined && places !== 3;
  const last = ambiguous ? -1 : digits.lastIndexOf(decimal);
  const whole = (last < 0 ? digits : digits.slice(0, last)).replace(/[.,]/g, '');
  const part = last < 0 ? '' : digits.slice(last + 1);
  if (whole.length + places > 15 || /\D/.test(part)) return undefined;
  const kept = Number(`${whole}${part.slice(0, places).padEnd(places, '0')}`);
  return kept + (Number(part[places] ?? 0) >= 5 ? 1 : 0);
}

/** `1,234.50 USD`, from minor units; without a currency two decimals. */
export function moneyText(amount: number, currency: string | undefined): string {
  const places = minorDigits.get(currency ?? '') ?? 2;
  const text = (Math.abs(amount) / 10 ** places).toLocaleString('en-US', {
    minimumFractionDigits: places,
    maximumFractionDigits: places,
  });
  return `${amount < 0 ? '-' : ''}${text}${currency === undefined || currency === '' ? '' : ` ${currency}`}`;
}
