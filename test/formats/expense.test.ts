import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalMark, minorUnits, parseMoney } from '../../src/formats/common/money.js';
import { detectText, parseText } from '../helpers/parse.js';

const expenses = async (text: string) => (await parseText('expense-csv', text)).events;

describe('amounts', () => {
  it.each([
    ['1,234.00', undefined, 123400, undefined],
    ['1.234,56', undefined, 123456, undefined],
    ['($25.00)', 'USD', -2500, undefined],
    ['-12,00', undefined, -1200, undefined],
    ['25.00-', undefined, -2500, undefined],
    ['\u221220,00 €', 'EUR', -2000, undefined],
    ['€ 12,-', 'EUR', 1200, undefined],
    ["CHF 1'234.50", 'CHF', 123450, undefined],
    ['1 234,56 EUR', 'EUR', 123456, undefined],
    ['1\u202f234,56\u00a0€', 'EUR', 123456, undefined],
    ['1,23,456.00', undefined, 12345600, undefined],
    ['1.234.567', undefined, 123456700, undefined],
    ['¥1,200', 'JPY', 1200, '.'],
    ['KWD 1.250', 'KWD', 1250, undefined],
    ['KWD 12', 'KWD', 12000, undefined],
    ['1,234', undefined, 123400, undefined],
    ['1,234', undefined, 123, ','],
    ['1.234', undefined, 123400, ','],
    ['0.500', undefined, 50, undefined],
    ['.5', undefined, 50, undefined],
    ['20', undefined, 2000, undefined],
    ['19.999', undefined, 2000, '.'],
    ['-$25.00', 'USD', -2500, undefined],
    ['$-25.00', 'USD', -2500, undefined],
    ['R$ 10,00', 'BRL', 1000, undefined],
    ['249 kr', undefined, 24900, undefined],
  ] as const)('%s', (text, currency, amount, mark) => {
    const money = parseMoney(text);
    expect(money?.currency).toBe(currency);
    const size = minorUnits(money?.digits ?? '', money?.currency, mark);
    expect(money?.negative === true ? -(size ?? 0) : size).toBe(amount);
  });

  it.each(['', '-', 'n/a', 'abc', '12:30', '1e5', '()', '$', '...', '1'.repeat(30), '12 34 x'])(
    '%j is none',
    (text) => {
      const money = parseMoney(text);
      expect(money === undefined ? undefined : minorUnits(money.digits, undefined, undefined)).toBeUndefined();
    },
  );

  it('the column tells its decimal mark', () => {
    expect(decimalMark(['1.234', '12,50', '7'])).toBe(',');
    expect(decimalMark(['1,234', '12.50'])).toBe('.');
    expect(decimalMark(['1.234', '7'])).toBeUndefined();
  });
});

describe('headers', () => {
  it.each([
    'Transaction Date,Vendor,Transaction Amount,Transaction Currency,Employee,Cost Center',
    'Datum;Händler;Betrag;Währung;Mitarbeiter;Kostenstelle',
    'Date de transaction;Commerçant;Montant;Devise;Employé;Centre de coût',
    'Fecha;Comercio;Importe;Moneda;Empleado;Centro de coste',
    'Data;Esercente;Importo;Valuta;Dipendente;Centro di costo',
    'Data;Fornecedor;Valor;Moeda;Funcionário;Centro de custo',
    'Datum;Leverancier;Bedrag;Valuta;Medewerker;Kostenplaats',
    'Data transakcji;Sprzedawca;Kwota;Waluta;Pracownik;MPK',
    'Transaktionsdatum;Inköpsställe;Belopp;Valuta;Anställd;Kostnadsställe',
    'Dato;Forretning;Beløb;Valuta;Medarbejder;Omkostningssted',
    'Dato;Brukersted;Beløp;Valuta;Ansatt;Kostnadssted',
    'Päivämäärä;Kauppias;Summa;Valuutta;Työntekijä;Kustannuspaikka',
    '利用日,加盟店名,金額,通貨,従業員,コストセンター',
    '日期,商户,金额,币种,员工,成本中心',
  ])('%s', async (header) => {
    const d = header.includes(';') ? ';' : ',';
    const row = ['2026-03-05', 'OpenAI', '20.00', 'EUR', 'Anna Berg', 'CC-1'].join(d);
    expect(await detectText('x.csv', `${header}\n${row}\n`)).toMatchObject({ format: 'expense-csv' });
    expect(await expenses(`${header}\r\n${row}\r\n`)).toEqual([
      {
        line: 2,
        time: '2026-03-05T00:00:00Z',
        kind: 'expense',
        action: 'allowed',
        user: 'Anna Berg',
        merchant: 'OpenAI',
        amount: 2000,
        currency: 'EUR',
        cost_centre: 'CC-1',
        vendor_format: 'expense-csv',
      },
    ]);
  });

  it('a currency in the header', async () => {
    expect(await expenses('Date,Merchant,Amount (EUR)\n2026-01-02,OpenAI,20.00\n')).toMatchObject([
      { amount: 2000, currency: 'EUR' },
    ]);
  });
  it.each(['Amount (£)', 'Gross', 'Amount excl. VAT £', 'Invoice Amt (inc VAT) GBP', 'Bedrag (GBP)'])(
    'an amount under %s beside a tax column',
    async (name) => {
      const text = `Body,Card Txn Date,VAT Amount,${name},Supplier/Trader,Supplier No\nx,13/01/2026,3.33,£20.00,OpenAI,7\n`;
      expect(await expenses(text)).toMatchObject([
        { time: '2026-01-13T00:00:00Z', merchant: 'OpenAI', amount: 2000, currency: 'GBP' },
      ]);
    },
  );
  it('a currency in the header of a column that is known with it', async () => {
    expect(await expenses('Datum;Leverancier;Bedrag (EUR)\n20260105;OpenAI;1.020,00\n')).toMatchObject([
      { amount: 102000, currency: 'EUR' },
    ]);
  });
  it('a business account statement: started, original and payment currency, payer', async () => {
    const text =
      'Date started (UTC),Date completed (UTC),ID,State,Description,Payer,Orig currency,Orig amount,Payment currency,Amount,Fee\n2026-01-05,2026-01-06,a1,COMPLETED,OPENAI,Anna Berg,USD,-20.00,EUR,-18.50,0.00\n';
    expect(await expenses(text)).toMatchObject([
      { time: '2026-01-05T00:00:00Z', user: 'Anna Berg', amount: -1850, currency: 'EUR', event_id: 'a1' },
    ]);
  });
  it('no header: every line is rejected', async () => {
    expect((await parseText('expense-csv', 'a,b,c\nd,e,f\n')).rejects).toHaveLength(2);
  });
  it('a second header with another order', async () => {
    const text = 'Date,Merchant,Amount\n2026-01-02,OpenAI,20.00\nMerchant,Amount,Date\nClaude,5.00,2026-01-03\n';
    expect(await expenses(text)).toMatchObject([{ merchant: 'OpenAI' }, { merchant: 'Claude', amount: 500 }]);
  });
  it('first and last name make a user', async () => {
    const text = 'Employee First Name,Employee Last Name,Date,Vendor,Amount\nAnna,Berg,2026-01-02,OpenAI,20\n';
    expect(await expenses(text)).toMatchObject([{ user: 'Anna Berg' }]);
  });
});

describe('dates', () => {
  const at = async (header: string, ...dates: string[]) =>
    (await expenses(`${header}\n${dates.map((date) => `"${date}",OpenAI,20.00,USD\n`).join('')}`)).map((event) =>
      String(event.time).slice(0, 10),
    );
  const header = 'Date,Merchant,Amount,Currency';
  it.each([
    [
      ['03/01/2026', '13/01/2026'],
      ['2026-01-03', '2026-01-13'],
    ],
    [
      ['03/01/2026', '03/13/2026'],
      ['2026-03-01', '2026-03-13'],
    ],
    [['03/01/2026'], ['2026-03-01']],
    [['03.01.2026'], ['2026-01-03']],
    [
      ['20260103', '46025'],
      ['2026-01-03', '2026-01-03'],
    ],
    [
      ['3-Jan-26', 'January 3, 2026', '3. März 2026'],
      ['2026-01-03', '2026-01-03', '2026-03-03'],
    ],
    [
      ['2026/1/3', '2026年1月3日'],
      ['2026-01-03', '2026-01-03'],
    ],
  ])('%j', async (dates, expected) => {
    expect(await at(header, ...dates)).toEqual(expected);
  });
  it('a list with VAT is written day first', async () => {
    expect(await expenses('Date,Supplier,Amount excl VAT\n04/03/2026,OpenAI,5\n')).toMatchObject([
      { time: '2026-03-04T00:00:00Z' },
    ]);
  });
  it('pounds are written day first', async () => {
    const text = 'Date,Merchant,Amount,Currency\n03/01/2026,OpenAI,20.00,GBP\n';
    expect(await expenses(text)).toMatchObject([{ time: '2026-01-03T00:00:00Z' }]);
  });
});

it('refunds stay negative where a few lines only are', async () => {
  const text =
    'Date,Merchant,Amount,Employee\n2026-01-02,A,-5.00,x\n2026-01-02,A,-5.00,x\n2026-01-02,A,-5.00,x\n2026-01-02,A,-5.00,x\n';
  expect((await expenses(text)).map((event) => event.amount)).toEqual([-500, -500, -500, -500]);
});

it('never throws and gives whole amounts', async () => {
  const cell = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom('2026-01-02', '($1.00)', '1.234,5', '-', '"', 'Total', 'EUR'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(cell, { maxLength: 7 }), { maxLength: 6 }), async (rows) => {
      const text = `Date,Merchant,Amount,Currency,User,Cost Centre\n${rows.map((row) => row.join(',')).join('\n')}`;
      for (const event of await expenses(text)) {
        expect(Number.isSafeInteger(event.amount)).toBe(true);
        expect(Object.values(event)).not.toContain(undefined);
        expect(Object.values(event)).not.toContain('-');
      }
    }),
    { numRuns: 300, seed: 20260302 },
  );
});

it('takes no time over long lines', async () => {
  const start = performance.now();
  for (const part of ['(', ' ', '1,', 'a ', '"'])
    await parseText(
      'expense-csv',
      `Date,Merchant,Amount\n${part.repeat(900_000 / part.length)}\n2026-01-02,x,${part.repeat(400_000 / part.length)}\n`,
    );
  expect(performance.now() - start).toBeLessThan(10_000);
});
