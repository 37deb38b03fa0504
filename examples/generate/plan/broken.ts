/** Why a record cannot be read. */
export type BrokenClass = 'torn' | 'broken-json' | 'other-shape' | 'bad-date' | 'bad-amount';

/** Records that cannot be read, by log file: they must be counted and shown, and must not cost their neighbours. */
export const broken: Readonly<Record<string, readonly (readonly [reason: BrokenClass, text: string])[]>> = {
  squid: [
    ['torn', '1792398161.402    118 10.20.1.14 TCP_TUN'],
    ['torn', '1792743009.1'],
    ['other-shape', 'Squid Cache: rotating logs'],
  ],
  'squid-common': [['torn', '10.20.8.11 - ada@acme.example [22/Oct/2026:10:0']],
  elff: [
    ['torn', '2026-10-21\t09:1'],
    [
      'bad-date',
      '2026-13-41\t09:11:02\t10.20.5.25\t-\t-\tGET\thttps\tchatgpt.com\t443\t/\t200\tOBSERVED\t100\t200\t-\t-',
    ],
  ],
  bluecoat: [['torn', '2026-10-26 07:41:09 212 10.20.4.17 200']],
  'zscaler-json': [
    ['broken-json', '{"sourcetype":"zscalernss-web","event":{"datetime":"Tue Oct 27 08:00:01 2026","login":"jo'],
    ['broken-json', '{"sourcetype":"zscalernss-web","event":{"datetime":"Wed Oct 28 08:00:01 2026","b64url":}}'],
  ],
  'zscaler-csv': [['torn', '"Thu Oct 29 08:00:01 2026","jo']],
  paloalto: [
    ['torn', '1,2026/10/30 09:12'],
    ['torn', '1,2026/11/02 10:00:00,016201000123,THREAT,url,2561,2026/11/02'],
  ],
  fortigate: [['torn', 'date=2026-11-0']],
  'umbrella-dns': [['torn', '"2026-11-03 07:00:00","ACME-LT-0180"']],
  'umbrella-proxy': [['torn', '"2026-11-04 07:00:00","Abel, Ada (ada']],
  'zeek-ssl': [['torn', '1793790011.12\tC77f']],
  'zeek-http': [['broken-json', '{"ts":1793790012.5,"uid":"C8","id.orig_h":"10.2']],
  'cloudflare-http': [['broken-json', '{"Datetime":"1793790013000000000","AccountID":"f0']],
  'cloudflare-dns': [['other-shape', '{"Message":"job paused"}']],
  cef: [['torn', '<134>1 2026-11-05T09:00:00Z swg-support - - - - CEF:0|Acme Security|Web Gate']],
  leef: [['torn', 'LEEF:1.0|Acme Security|Secure']],
  'json-lines': [
    ['broken-json', '{"time":"2026-11-06T09:00:00Z","user":"'],
    ['bad-date', '{"time":"yesterday","user":"jo@acme.example","host":"chatgpt.com","action":"allowed"}'],
  ],
  csv: [['bad-date', 'soon,ACME-LT-0166,10.20.5.30,chatgpt.com,443,/,GET,200,allowed,10,20']],
  'key-value': [['bad-date', 'time=later user=jo@acme.example host=chatgpt.com action=allowed']],
  okta: [['other-shape', '{"errorCode":"E0000047","errorSummary":"API call exceeded rate limit"}']],
  'google-token': [
    ['broken-json', '{"kind":"admin#reports#activity","id":{"time":"2026-11-09T09:00:00Z","applicationName":"to'],
  ],
  'expense-tool': [
    ['bad-date', 'somebody@acme.example,31 of Octember,OPENAI *CHATGPT SUBSCR,20.00,USD,Card,CC-100,EX-1'],
    ['bad-amount', 'somebody@acme.example,2026-11-10,OPENAI *CHATGPT SUBSCR,n/a,USD,Card,CC-100,EX-2'],
  ],
};

/** Whole records of another kind, which are skipped without complaint. */
export const noise: Readonly<Record<string, readonly string[]>> = {
  fortigate: [
    'date=2026-10-20 time=03:00:00 devname="fw-support" devid="FG100FTK26000001" eventtime=1792461600000000000 tz="+0100" logid="0100032002" type="event" subtype="system" level="notice" vd="root" logdesc="Configuration backed up"',
  ],
  paloalto: [
    '1,2026/10/20 03:00:00,016201000123,SYSTEM,general,2561,2026/10/20 03:00:00,,general,,0,0,general,informational,"Connection to Update server: completed"',
  ],
  okta: [
    '{"eventType":"user.session.end","published":"2026-10-20T16:00:00.000Z","actor":{"type":"User","alternateId":"nobody@acme.example"},"outcome":{"result":"SUCCESS"}}',
  ],
  'entra-audit': [
    '{"time":"2026-10-20T16:00:00Z","operationName":"Update user","category":"AuditLogs","properties":{"activityDisplayName":"Update user","result":"success","initiatedBy":{"user":{"userPrincipalName":"nobody@acme.example"}},"targetResources":[]}}',
  ],
  'google-login': [
    '{"kind":"admin#reports#activity","id":{"time":"2026-10-20T16:00:00.000Z","applicationName":"login"},"actor":{"email":"nobody@acme.example"},"events":[{"type":"login","name":"logout"}]}',
  ],
};
