import type { ExpenseRole } from '../../core/mapping.js';

export type Role = ExpenseRole;

/**
 * Header names by role, the more telling first: of several columns with one role the name that comes first here wins.
 * English (SAP Concur, Ramp, Brex, Expensify, card statements, purchase cards), German, French, Spanish, Italian,
 * Portuguese, Dutch, Polish, Czech, Swedish, Danish, Norwegian, Finnish, Japanese, Chinese. Compared by `foldName`.
 */
const names: Readonly<Record<Role, string>> = {
  date:
    'transaction date|trans date|transaction time|date of transaction|purchase date|purchased at|expense date|date incurred|incurred date|date (utc)|transaction date (utc)|initiated date|swiped date|user transaction time|timestamp|date|datetime|date/time|created|created at|started date|date started|date started (utc)|completed date|date completed|date completed (utc)|posting date|posted date|post date|date posted|booking date|settlement date|settled date|cleared date|value date|invoice date|payment date|paid date|receipt date|' +
    'transaktionsdatum|kaufdatum|umsatzdatum|belegdatum|datum|buchungsdatum|buchungstag|buchung|rechnungsdatum|valutadatum|wertstellung|' +
    "date de transaction|date de la transaction|date d'achat|date de l'achat|date de depense|date de la depense|date operation|date de l'operation|date d'operation|date comptable|date de comptabilisation|date de valeur|date facture|" +
    'fecha de transaccion|fecha de la transaccion|fecha transaccion|fecha operacion|fecha de operacion|fecha de compra|fecha del gasto|fecha de gasto|fecha|fecha contable|fecha valor|' +
    'data transazione|data della transazione|data operazione|data acquisto|data spesa|data|data contabile|data valuta|' +
    'data da transacao|data transacao|data da compra|data da despesa|data do lancamento|data lancamento|' +
    'transactiedatum|aankoopdatum|boekdatum|boekingsdatum|datum transactie|rentedatum|' +
    'data transakcji|data operacji|data zakupu|data wydatku|data ksiegowania|datum transakce|datum platby|datum zauctovani|' +
    'transaktionsdatum|kopdatum|inkopsdatum|bokforingsdatum|bokforingsdag|transaktionsdato|kobsdato|bogforingsdato|dato|transaksjonsdato|kjopsdato|bokforingsdato|bokfort|tapahtumapaiva|ostopaiva|maksupaiva|paivamaara|pvm|kirjauspaiva|' +
    '利用日|ご利用日|取引日|購入日|日付|支払日|計上日|交易日期|消费日期|日期|交易时间|valuta',
  merchant:
    'merchant name|merchant|vendor name|vendor|vendor description|supplier name|supplier|merchant/vendor|merchant or vendor|entered vendor name|payee|payee name|paid to|to/from|retailer|store|merchant descriptor|merchant description|raw merchant name|merchant raw name|business name|counterparty|counterparty name|creditor|' +
    'handler|handlername|haendler|haendlername|lieferant|lieferantenname|kreditor|geschaft|verkaufer|vertragspartner|zahlungsempfanger|empfanger|empfangername|beguenstigter|begunstigter|beguenstigter/zahlungspflichtiger|begunstigter/zahlungspflichtiger|auftraggeber/empfanger|auftraggeber/beguenstigter|name zahlungsbeteiligter|' +
    'commercant|nom du commercant|marchand|fournisseur|nom du fournisseur|enseigne|beneficiaire|tiers|' +
    'comercio|nombre del comercio|nombre comercio|comerciante|proveedor|establecimiento|beneficiario|' +
    'esercente|nome esercente|commerciante|fornitore|beneficiario|negozio|estabelecimento|comerciante|fornecedor|nome do comerciante|nome do estabelecimento|' +
    'winkelier|handelaar|leverancier|begunstigde|verkoper|naam tegenpartij|naam leverancier|' +
    'sprzedawca|nazwa sprzedawcy|dostawca|kontrahent|odbiorca|nazwa odbiorcy|obchodnik|dodavatel|nazev obchodnika|' +
    'handlare|inkopsstalle|saljstalle|leverantor|mottagare|butik|forhandler|forretning|leverandor|modtager|brukersted|mottaker|butikk|kauppias|toimittaja|myyja|saaja|saaja/maksaja|myyntipaikka|' +
    '加盟店名|加盟店|店名|利用店名|ご利用店名|利用先|ご利用先|取引先|取引先名|支払先|支払先名|商户名称|商户|商家|供应商|供应商名称',
  description:
    'merchant/description|transaction description|description|booking text|transaction text|booking details|payment details|narration|original description|bank description|statement description|appears on your statement as|details|transaction details|narrative|particulars|memo|transaction|name|reference|purpose|business purpose|' +
    'beschreibung|buchungstext|verwendungszweck|umsatztext|text|buchungsdetails|libelle|libelle operation|designation|descripcion|concepto|detalle|descrizione|causale|descricao|historico|omschrijving|naam / omschrijving|mededelingen|opis|opis transakcji|tytul|popis|beskrivning|specifikation|beskrivelse|tekst|kuvaus|selite|摘要|内容|ご利用内容|利用内容|说明|描述|交易描述',
  billedAmount:
    'billing gross amt|billing gross amount|billing amount|billed amount|amount billed|billing amt|amount in billing currency|amount (billing currency)|billing total|settlement amount|settled amount|posted amount|card amount|amount in card currency|account amount|amount in account currency|amount (account currency)|amount in home currency|home currency amount|reimbursement amount|reimbursable amount in reimbursement currency|converted amount|abrechnungsbetrag|betrag in abrechnungswahrung|betrag in kartenwahrung|montant facture|montant de facturation|importe facturado|importo addebitato|valor faturado|gefactureerd bedrag|kwota rozliczenia|fakturerat belopp',
  billedCurrency:
    'billing cur code|billing currency|billing currency code|billing cur|billed currency|currency billed|settlement currency|settled currency|posted currency|card currency|account currency|home currency|reimbursement currency|reimbursement currency code|converted currency|abrechnungswahrung|kartenwahrung|devise de facturation|devise du compte|moneda de facturacion|valuta di addebito|moeda de faturamento|factuurvaluta|waluta rozliczenia|waluta rachunku|faktureringsvaluta',
  amount:
    'transaction amount|trans amount|gross amount|gross amt|total amount|total incl. tax|total|amount|amt|amount (gross)|expense amount|amount spent|spend|spend amount|net amount|cost|price|value|approved amount|claimed amount|charge|charge amount|transaction total|payment amount|gross|gross total|gross value|total gross|net|net total|net value|' +
    'betrag|bruttobetrag|umsatz|gesamtbetrag|brutto|rechnungsbetrag|summe|buchungsbetrag|' +
    'montant|montant ttc|montant total|montant de la transaction|montant de la depense|montant operation|somme|' +
    'importe|monto|cantidad|importe total|monto total|importe de la transaccion|importo|importo totale|ammontare|totale|valor|valor total|montante|quantia|valor da transacao|' +
    'bedrag|totaalbedrag|transactiebedrag|bedrag (eur)|kwota|kwota transakcji|kwota operacji|kwota brutto|castka|castka platby|' +
    'belopp|summa|total belopp|belob|belop|beloep|totalbelob|totalbelop|sum|maara|summa yhteensa|' +
    '金額|利用金額|ご利用金額|支払金額|合計|合計金額|金额|交易金额|总额',
  currency:
    'transaction currency|transaction currency code|trans currency|currency|currency code|curr|cur|ccy|cur code|iso currency code|amount currency|payment currency|wahrung|waehrung|wahrungscode|transaktionswahrung|devise|monnaie|code devise|moneda|divisa|valuta|moeda|divisa/moneda|munt|muntsoort|valutacode|waluta|mena|valutakod|valuttakoodi|valuutta|通貨|通貨コード|币种|货币',
  originalAmount:
    "original gross amt|original gross amount|original amount|orig amount|amount original|original transaction amount|foreign amount|foreign currency amount|amount in foreign currency|local amount|local currency amount|amount in local currency|merchant amount|amount (original currency)|amount in original currency|spent amount|receipt amount|originalbetrag|fremdwahrungsbetrag|betrag in fremdwahrung|ursprungsbetrag|montant original|montant d'origine|montant en devise|montant en devises|importe original|monto original|importe en moneda extranjera|importo originale|importo in valuta|valor original|origineel bedrag|oorspronkelijk bedrag|kwota oryginalna|originalbelopp|utlandskt belopp|originalt belob|opprinnelig belop|alkuperainen summa|現地通貨額|外貨金額|原币金额",
  originalCurrency:
    "original cur|original currency|orig currency|currency original|original currency code|original transaction currency|foreign currency|foreign currency code|local currency|local currency code|merchant currency|spent currency|receipt currency|originalwahrung|fremdwahrung|ursprungswahrung|devise originale|devise d'origine|devise etrangere|moneda original|divisa original|moneda extranjera|valuta originale|moeda original|originele valuta|oorspronkelijke valuta|waluta oryginalna|originalvaluta|oprindelig valuta|opprinnelig valuta|alkuperainen valuutta|現地通貨|原币",
  debit:
    'debit|debit amount|amount debit|debits|paid out|money out|withdrawal|withdrawals|withdrawal amount|out|soll|lastschrift|ausgaben|ausgabe|belastung|debit (eur)|montant debit|debito|cargo|cargos|addebito|addebiti|uscite|dare|af|uitgaven|uitgave|obciazenia|wydatki|debet|ut|出金|支出',
  credit:
    'credit|credit amount|amount credit|credits|paid in|money in|deposit|deposits|deposit amount|in|haben|gutschrift|einnahmen|einnahme|montant credit|credito|abono|abonos|accredito|accrediti|entrate|avere|bij|inkomsten|uznania|wplywy|kredit|入金|收入',
  side: 'debit/credit|credit/debit|dr/cr|cr/dr|d/c|debit or credit|debit credit|debit credit indicator|credit debit indicator|dc|cd indicator|transaction type|soll/haben|s/h|sh kennzeichen|soll haben kennzeichen|soll/haben kennzeichen|sens|af bij|af / bij',
  email:
    'employee email|employee e-mail|employee email address|email|e-mail|email address|e-mail address|user email|user email address|cardholder email|card holder email|cardholder email address|submitter email|submitted by email|spender email|owner email|member email|login id|mitarbeiter e-mail|mitarbeiter email|e-mail mitarbeiter|e-mail-adresse|email adresse|emailadresse|adresse e-mail|adresse email|courriel|email employe|e-mail employe|correo electronico|correo|email dipendente|indirizzo email|e-mail do funcionario|e-mailadres|adres e-mail|e-post|epost|e-postadress|e-postadresse|sahkoposti|メールアドレス|电子邮件|邮箱',
  user:
    'employee|employee name|employee full name|cardholder|card holder|cardholder name|card holder name|card member|cardmember|cardmember name|name on card|spender|spender name|user|user name|username|submitter|submitted by|submitter name|claimant|claimant name|traveler|traveler name|traveller|member|member name|owner|owner name|purchaser|purchaser name|purchased by|person|staff|staff name|staff member|team member|payer|payer name|' +
    'mitarbeiter|mitarbeitername|mitarbeiterin|mitarbeiter/in|karteninhaber|karteninhabername|name des karteninhabers|benutzer|benutzername|' +
    "employe|nom de l'employe|salarie|collaborateur|nom du collaborateur|titulaire|titulaire de la carte|porteur|porteur de carte|utilisateur|" +
    'empleado|nombre del empleado|nombre empleado|titular|titular de la tarjeta|usuario|dipendente|nome dipendente|titolare|titolare carta|titolare della carta|utente|funcionario|nome do funcionario|colaborador|portador|portador do cartao|titular do cartao|utilizador|' +
    'medewerker|naam medewerker|werknemer|kaarthouder|gebruiker|pracownik|imie i nazwisko|posiadacz karty|uzytkownik|zamestnanec|drzitel karty|' +
    'anstalld|medarbetare|kortinnehavare|anvandare|medarbejder|ansat|kortholder|kortindehaver|ansatt|medarbeider|kortinnehaver|kortholder|tyontekija|kortinhaltija|kayttaja|従業員|従業員名|社員|社員名|利用者|申請者|氏名|カード名義|员工|员工姓名|持卡人|姓名',
  firstName:
    'first name|employee first name|cardholder first name|given name|vorname|prenom|nombre|nome|voornaam|imie|fornamn|fornavn|etunimi',
  lastName:
    'last name|employee last name|cardholder last name|surname|family name|nachname|nom|nom de famille|apellido|apellidos|cognome|sobrenome|apelido|achternaam|nazwisko|efternamn|efternavn|etternavn|sukunimi',
  employeeId:
    'employee id|employee number|employee no|employee code|staff id|staff number|user id|personnel number|payroll number|personalnummer|mitarbeiternummer|mitarbeiter-id|matricule|numero de empleado|matricola|personeelsnummer|numer pracownika|anstallningsnummer|medarbejdernummer|ansattnummer|従業員番号|社員番号|工号',
  costCentre:
    'cost centre|cost center|cost centre code|cost center code|cost centre id|cost center id|cost centre name|cost center name|cost centre/project|costcentre|costcenter|kostenstelle|kostenstellen|kst|kostenstellennummer|centre de cout|centre de couts|centre de cout(s)|code centre de cout|centro de coste|centro de costes|centro de costo|centro de costos|centro di costo|centro costo|centro de custo|centro de custos|kostenplaats|kostenplaatscode|mpk|centrum kosztow|miejsce powstawania kosztow|nakladove stredisko|stredisko|kostnadsstalle|omkostningssted|kostnadssted|kustannuspaikka|コストセンター|原価センター|成本中心',
  department:
    'department|department name|dept|dept.|department code|directorate|division|business unit|org unit|team|abteilung|bereich|departement|service|departamento|reparto|afdeling|dzial|avdelning|avdeling|osasto|部門|部署|部门',
  id: 'transaction id|transaction number|transaction no|transaction reference|transaction unique id|expense id|expense entry id|entry id|entry key|unique id|transaktions-id|transaktionsnummer|id de transaction|id transaccion|id transazione|transactie-id|id transakcji|取引番号|交易编号|id',
  status: 'status|transaction status|state|status der transaktion|statut|estado|stato',
};

/** A header name without case, accents, blanks and punctuation. */
export function foldName(name: string): string {
  return name
    .slice(0, 200)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[ßøłæ]/g, (letter) => ({ ß: 'ss', ø: 'o', ł: 'l', æ: 'ae' })[letter] ?? letter)
    .replace(/[^\p{L}\p{N}]/gu, '');
}

const ranks = new Map<Role, Map<string, number>>(
  Object.entries(names).map(([role, list]) => [
    role as Role,
    new Map(
      list
        .split('|')
        .map(foldName)
        .map((name, rank) => [name, rank] as const)
        .reverse(),
    ),
  ]),
);

/** For a role that no known name fills: the words of which a column's name must hold one, and those of which it may hold none. */
const likely: readonly (readonly [Role, RegExp, RegExp])[] = [
  ['date', /\b(?:date|datum)\b/, /\b(?:due|birth|update|expiry|expiration|start|end|hire|export)/],
  [
    'merchant',
    /\b(?:merchant|vendor|supplier|payee|retailer)/,
    /\b(?:id|no|number|code|category|city|country|state|address|type|zip|mcc|vat|tax)\b/,
  ],
  [
    'amount',
    /\b(?:amount|amt|gross|betrag|montant|importe|importo|kwota|bedrag|belopp)\b/,
    /\b(?:vat|tax|gst|mwst|tva|fees?|tip|balance|limit|currency|cur|code|type|rate|budget|discount|original|foreign)\b/,
  ],
];
const taxSaid = /\b(?:excl|incl?|ex|excluding|including|before|after|without|with)\.? (?:vat|tax|gst|mwst|tva)\b/;

/** Index of the first column whose name makes the role likely. */
function likelyColumn(fields: readonly string[], role: Role): number | undefined {
  const [, needed, barred] = likely.find(([name]) => name === role) ?? [];
  const index = fields.findIndex((field) => {
    const name = field.slice(0, 100).toLowerCase().replace(/_/g, ' ').replace(taxSaid, '');
    return needed?.test(name) === true && barred?.test(name) === false;
  });
  return index < 0 ? undefined : index;
}

/** Which column has which role, and the currency that an amount's header names (`Amount (EUR)`). */
export interface ExpenseColumns {
  index: ReadonlyMap<Role, number>;
  headerCurrency: ReadonlyMap<Role, string>;
  /** The date column has an English (or French) name. */
  englishDate: boolean;
}

/** Reads a header line's fields; undefined unless they hold a date, an amount and a merchant (or a description of one). */
export function expenseColumns(fields: readonly string[]): ExpenseColumns | undefined {
  const best = new Map<Role, { index: number; rank: number }>();
  const headerCurrency = new Map<Role, string>();
  for (const [index, field] of fields.entries()) {
    const inHeader = trailing.exec(field.slice(0, 100).trim());
    const currency = currencyInHeader(inHeader?.[2]);
    for (const [role, known] of ranks) {
      const rank = known.get(foldName(field));
      const cut = rank === undefined && currency !== undefined ? known.get(foldName(inHeader?.[1] ?? '')) : rank;
      if (cut === undefined || (rank === undefined && !/amount|debit|credit/i.test(role))) continue;
      const before = best.get(role);
      if (before !== undefined && before.rank <= cut) continue;
      best.set(role, { index, rank: cut });
      if (currency !== undefined && /amount|debit|credit/i.test(role)) headerCurrency.set(role, currency);
      else headerCurrency.delete(role);
    }
  }
  const index = new Map([...best].map(([role, found]) => [role, found.index]));
  const add = (role: Role): boolean => {
    const found = likelyColumn(fields, role);
    if (found !== undefined) index.set(role, found);
    return found !== undefined;
  };
  if (!index.has('date')) add('date');
  if (!index.has('merchant') && !index.has('description')) add('merchant');
  const amount =
    (['billedAmount', 'amount', 'originalAmount', 'debit', 'credit'] as const).some((role) => index.has(role)) ||
    add('amount');
  const currency = currencyInHeader(trailing.exec(fields[index.get('amount') ?? -1]?.slice(0, 100).trim() ?? '')?.[2]);
  if (currency !== undefined) headerCurrency.set('amount', currency);
  const merchant = index.has('merchant') || index.has('description');
  const englishDate = /date|time|created|purchased/i.test(fields[index.get('date') ?? -1] ?? '');
  return amount && merchant && index.has('date') ? { index, headerCurrency, englishDate } : undefined;
}

/** `Amount (EUR)`, `Amount £`. */
const trailing = /^(.{1,60}?)[\s([]+([A-Z]{3}|[€£$¥])[)\]]?$/u;
const currencySymbols: Readonly<Record<string, string>> = { '€': 'EUR', '£': 'GBP', $: 'USD', '¥': 'JPY' };
function currencyInHeader(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  return (
    currencySymbols[text] ??
    (/^(USD|EUR|GBP|CHF|JPY|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|INR|SGD|HKD|CNY|BRL|MXN|ZAR|AED|SAR|KWD|ILS|TRY|KRW|THB|RON)$/.test(
      text,
    )
      ? text
      : undefined)
  );
}
