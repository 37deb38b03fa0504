import { Columns, sniffDelimiter, splitCsv } from '../core/csv.js';
import type { Action } from '../core/event.js';
import { type Format, type FormatContext, type Outcome, type Reader, reject, skip } from '../core/format.js';
import { whole } from '../core/text.js';
import { zoneOr } from '../core/time.js';
import { splitUrl } from '../core/url.js';
import { type DayOrder, dayOrder, parseDate } from './common/dates.js';
import { FlatRecord } from './common/flat-record.js';
import { httpStatus } from './common/squid-codes.js';
import { verdict } from './common/verdict.js';

// Forcepoint Web Security Cloud and Forcepoint ONE: "Report attributes: Web and Data Security" and "SIEM Integration" of the cloud's
// help, whose columns the administrator chooses; and the detail reports of on-premises TRITON as CSV. Names are folded here.
const [dates, times] = [
  ['date&time', 'datetime', 'timestamp', 'eventtime', 'date'],
  ['time', 'timeofday'],
];
const actions = ['action', 'dispositionaction', 'disposition', 'filteringtype', 'policyaction'];
const urls = ['urlfull', 'fullurl', 'url', 'requesturl', 'urlstring'];
const hosts = [
  'urlhost',
  'domain',
  'urldomain',
  'host',
  'urlhostname',
  'site',
  'destination',
  'destinationhost',
  'destinationname',
];
/** Columns that are rarely together elsewhere. */
const telling =
  'date&time connectionip connectionname workstation riskclass parentcategory categoryname datacenter cloudapp cloudappname cloudappriskclass urlfull urlhost urlscheme urlpath urlquery filteringtype filteringreason disposition dispositionaction bytessent bytesreceived bytestotal requests totalbrowsetime browsetime requestmethod httpstatuscode serverstatus usergroup policy policyname searchterm threatname useragent referrerurl referrerfull operatingsystem'.split(
    ' ',
  );
/** Columns that hardly any other report has. */
const strong =
  'date&time connectionip connectionname workstation riskclass datacenter cloudapp cloudappname cloudappriskclass urlfull urlhost filteringreason filteringtype totalbrowsetime'.split(
    ' ',
  );
/** Columns of others. */
const foreign = [
  'accessmethod',
  'ccl',
  'externalip',
  'identitytypes',
  'mostgranularidentity',
  'requestedhost',
  'reqmethod',
  'cslogin',
  'eventtype',
];

interface Table {
  columns: Columns;
  delimiter: string;
  text: string;
  order: DayOrder;
}

/** Whether a line names columns: enough to read rows where the format is stated. */
const isHeader = (columns: Columns): boolean =>
  columns.has(...urls, ...hosts) && columns.has(...actions) && columns.has(...dates, ...times, 'user', 'username');

/** The same, tight enough for detection. */
const isOurs = (columns: Columns): boolean =>
  columns.has(...dates, ...times) &&
  !columns.has(...foreign) &&
  telling.filter((name) => columns.has(name)).length >= 2;

/** A line as a header; a row holds a time, and so a colon. */
function columnsOf(text: string): Pick<Table, 'columns' | 'delimiter'> | undefined {
  if (text.length > 20_000 || /\d:\d\d/.test(text.slice(0, 2000))) return undefined;
  const delimiter = sniffDelimiter(text);
  const names = splitCsv(text, delimiter) ?? [];
  const columns = new Columns(names.slice(0, 200));
  return isHeader(columns) ? { columns, delimiter } : undefined;
}

function actionOf(word: string | undefined): Action {
  // The user was asked to confirm, to use quota time, to sign in: what came of it is not said.
  if (/^(?:confirm|continue|quota|warn|coach|authenticat|password)/i.test(word ?? '')) return 'unknown';
  return /^(?:isolat|proceed)/i.test(word ?? '') ? 'allowed' : (verdict(word) ?? 'unknown');
}

/** `1,804` as spreadsheets write it. */
const count = (text: string | undefined): number | undefined =>
  whole(text?.slice(0, 30).replace(/[,\u00a0 ](?=\d{3}(?:\D|$))/g, ''));

function open(context: FormatContext): Reader {
  let table: Table | undefined;
  return {
    state: () => table?.text ?? '',
    read(text) {
      const found = columnsOf(text);
      if (found !== undefined) {
        const rows = context.sample.lines.flatMap(
          (line) => found.columns.get(splitCsv(line, found.delimiter) ?? [], ...dates) ?? [],
        );
        table = { ...found, text, order: dayOrder(rows, 'mdy') };
        return skip('header line');
      }
      if (table === undefined)
        return splitCsv(text, sniffDelimiter(text))?.length === 1
          ? skip('text before the header line')
          : reject('no header line with known columns before it');
      const cells = splitCsv(text, table.delimiter);
      if (cells === undefined) return reject('a quoted field is not closed');
      if (cells.every((cell) => cell.trim() === '')) return skip('empty row');
      if (cells.length < 2) return reject('too few fields');
      return row(new FlatRecord(table.columns.entries(cells)), table.order);
    },
  };

  function row(fields: FlatRecord, dayFirst: DayOrder): Outcome {
    const url = fields.text(...urls);
    const host = fields.text(...hosts);
    const dst_ip = fields.text('destinationip', 'destip', 'serverip', 'dstip');
    if (url === undefined && host === undefined && dst_ip === undefined) return skip('a row without a destination');
    const stamp = [fields.text(...dates), fields.text(...times)].filter((part) => part !== undefined).join(' ');
    const time = parseDate(stamp, dayFirst, zoneOr(fields.text('timezone', 'tz'), context.zone), context.modified);
    if (stamp !== '' && time === undefined) return reject('the time is not readable');
    return {
      kind: 'web',
      ...(url === undefined && host === undefined && { flow: true }),
      action: actionOf(fields.text(...actions)),
      time,
      user: fields.text('user', 'username', 'useremail', 'emailaddress', 'loginid'),
      device: fields.text('workstation', 'hostname', 'devicename', 'sourcehostname'),
      src_ip: fields.text(
        'sourceip',
        'srcip',
        'clientip',
        'sourceipaddress',
        'connectionip',
        'connectionipaddress',
        'ipaddress',
      ),
      dst_ip,
      host: splitUrl(url ?? '').host === undefined ? host : undefined,
      port: fields.positive('destinationport', 'port', 'serverport'),
      url,
      method: fields.text('requestmethod', 'method', 'httpmethod'),
      status: httpStatus(fields.text('httpstatuscode', 'statuscode', 'httpstatus', 'serverstatus', 'status')),
      bytes_out: count(fields.text('bytessent', 'sentbytes', 'bytesout')),
      bytes_in: count(fields.text('bytesreceived', 'receivedbytes', 'bytesin')),
      user_agent: fields.text('useragentstring', 'useragentfull', 'useragent'),
      app: fields.text('cloudapp', 'cloudappname', 'application', 'applicationname'),
      event_id: fields.text('transactionid', 'eventid', 'recordid'),
    };
  }
}

/** Forcepoint web reports and cloud logs as CSV. */
export const format: Format = {
  title: 'Forcepoint web log (CSV export)',
  kinds: ['web'],
  framing: 'csv',
  detect({ lines }) {
    const header = lines
      .slice(0, 10)
      .map(columnsOf)
      .find((found) => found !== undefined && isOurs(found.columns));
    if (header === undefined) return undefined;
    // With few columns of its own it may be a web report of somebody else.
    const sure = strong.filter((name) => header.columns.has(name)).length >= 2;
    return { confidence: sure ? 0.94 : 0.6, why: 'a header line with the columns of a Forcepoint web report' };
  },
  open,
};
