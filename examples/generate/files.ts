import type { OrdinaryKind } from './ordinary/ordinary.js';
import { everybody, members } from './people.js';
import { lentAddresses } from './plan/branch.js';
import type { Actor, Writer } from './types.js';
import { bluecoat } from './writers/bluecoat.js';
import { umbrellaDns, umbrellaProxy } from './writers/cisco-umbrella.js';
import { cloudflareDns, cloudflareHttp, cloudflareNetwork } from './writers/cloudflare-gateway.js';
import { elff } from './writers/elff.js';
import { entraCsv, entraGraph, entraSignin } from './writers/entra.js';
import { entraAudit } from './writers/entra-audit.js';
import { cardStatement, expenseSheet, expenseTool, purchaseCards } from './writers/expenses.js';
import { fortigate } from './writers/fortigate.js';
import { googleChrome, googleGemini, googleLogin, googleSaml, googleToken } from './writers/google-workspace.js';
import { okta } from './writers/okta.js';
import { csvLog, jsonLines, keyValue } from './writers/own-keys.js';
import { paloalto } from './writers/paloalto-panos.js';
import { cef, leef } from './writers/siem.js';
import { sonicwall } from './writers/sonicwall.js';
import { squid } from './writers/squid.js';
import { squidCommon } from './writers/squid-common.js';
import { survey } from './writers/survey.js';
import { telemetry } from './writers/telemetry.js';
import { zeekJson, zeekTsv } from './writers/zeek.js';
import { zscalerCsv, zscalerJson } from './writers/zscaler-nss-web.js';

/** One log file of the company. */
export interface LogFile {
  key: string;
  /** Below logs/; for a zip `archive.zip/entry`. */
  path: string;
  writer: Writer;
  /** Whose records are in it. */
  people: readonly Actor[];
  ordinary: { kind: OrdinaryKind; count: number };
  /** Only some hosts show their path. */
  tunnels?: boolean;
  /** As spreadsheets export: Windows-1252, or a byte order mark and CR LF. */
  encoding?: 'windows-1252' | 'bom-crlf';
  /** Holds what stands in another file already, up to a day (offset from the first one, not included). */
  copyOf?: { key: string; before: number };
}

const file = (
  key: string,
  path: string,
  writer: Writer,
  people: readonly Actor[],
  kind: OrdinaryKind,
  count: number,
  rest: Partial<LogFile> = {},
): LogFile => ({ key, path, writer, people, ordinary: { kind, count }, ...rest });

/** Where each group's traffic shows: mostly in one network log, and in the sign-ins of everybody. */
export const logFiles: readonly LogFile[] = [
  file('squid', 'hq-proxy/access.log.gz', squid, members('Engineering', 0, 33), 'web', 1000, { tunnels: true }),
  file('zeek-ssl', 'lab/ssl.log', zeekTsv, members('Engineering', 34, 43), 'web', 500),
  file('zeek-http', 'lab/http.json', zeekJson, members('Engineering', 34, 43), 'plain', 200),
  file('json-lines', 'homegrown/egress.jsonl', jsonLines, members('Engineering', 44, 53), 'web', 200),
  file('zscaler-json', 'sales/nss-web.json', zscalerJson, members('Sales', 0, 23), 'web', 200),
  file('zscaler-csv', 'sales/nss-web.csv', zscalerCsv, members('Sales', 24, 35), 'web', 250),
  file('fortigate', 'support/fortigate.log', fortigate, members('Customer Support', 0, 23), 'web', 200),
  file('cef', 'support/siem-cef.log', cef, members('Customer Support', 24, 33), 'web', 160),
  file('bluecoat', 'marketing/sg_main.log', bluecoat, members('Marketing', 0, 17), 'web', 400),
  file('leef', 'marketing/secure-gate.leef', leef, members('Marketing', 18, 23), 'web', 200),
  file('key-value', 'homegrown/studio.log', keyValue, members('Marketing', 24, 25), 'web', 80),
  file('paloalto', 'operations/pan-url.csv.zst', paloalto, members('Operations', 0, 13), 'web', 260),
  file('elff', 'operations/branch.log', elff, members('Operations', 14, 17), 'web', 150),
  file('sonicwall', 'branch/sonicwall.log', sonicwall, lentAddresses, 'web', 90),
  file('csv', 'homegrown/devices.csv', csvLog, members('Operations', 18, 21), 'web', 120),
  file('umbrella-proxy', 'finance/umbrella.zip/proxylogs.csv', umbrellaProxy, members('Finance'), 'web', 220),
  file('umbrella-dns', 'finance/umbrella.zip/dnslogs.csv', umbrellaDns, members('Finance'), 'web', 200),
  file('cloudflare-http', 'legal/gateway_http.ndjson', cloudflareHttp, members('Legal'), 'web', 110),
  file('cloudflare-network', 'legal/gateway_network.ndjson', cloudflareNetwork, members('Legal'), 'web', 80),
  file('cloudflare-dns', 'legal/gateway_dns.ndjson', cloudflareDns, members('Legal'), 'web', 120),
  file('squid-common', 'board/access.log', squidCommon, members('Executive Board'), 'web', 60),
  file('entra-signin', 'identity/entra-signin.json', entraSignin, everybody, 'sign-in', 80),
  file('entra-graph', 'identity/entra-graph.json', entraGraph, everybody, 'sign-in', 60),
  file('entra-csv', 'identity/entra-signin.csv', entraCsv, everybody, 'sign-in', 100),
  file('entra-audit', 'identity/entra-audit.json', entraAudit, everybody, 'grant', 20),
  file('okta', 'identity/okta.json', okta, members('Engineering'), 'sign-in', 80),
  file('google-login', 'identity/google-login.json', googleLogin, everybody, 'login', 80),
  file('google-saml', 'identity/google-saml.json', googleSaml, members('Customer Support'), 'saml', 40),
  file('google-token', 'identity/google-token.json', googleToken, everybody, 'grant', 40),
  file('google-chrome', 'identity/google-chrome.json', googleChrome, everybody, 'extension', 20),
  file('google-gemini', 'identity/google-gemini.json', googleGemini, members('Customer Support'), 'login', 0),
  file('telemetry', 'browser/telemetry.ndjson', telemetry, everybody, 'telemetry', 20),
  file('survey', 'survey/ai-survey.csv', survey, everybody, 'survey', 0),
  file('expense-tool', 'expenses/expense-tool.csv', expenseTool, everybody, 'expense', 120),
  file('expense-sheet', 'expenses/expense-tool-october.xlsx/Expenses', expenseSheet, everybody, 'expense', 0, {
    copyOf: { key: 'expense-tool', before: 13 },
  }),
  file('card-statement', 'expenses/kartenabrechnung.csv', cardStatement, everybody, 'expense', 80, {
    encoding: 'windows-1252',
  }),
  file('purchase-cards', 'expenses/purchase-cards.csv', purchaseCards, members('Operations', 0, 0), 'expense', 60, {
    encoding: 'bom-crlf',
  }),
];
