/** Hosts of a normal working day and how often they come, none of them AI. */
export const usualHosts: readonly (readonly [host: string, paths: readonly string[], weight: number])[] = [
  ['outlook.office.com', ['/mail/inbox', '/owa/service.svc', '/calendar/view/week'], 12],
  ['teams.microsoft.com', ['/api/chatsvc/emea/v1/threads', '/v2/'], 10],
  ['acme.sharepoint.com', ['/sites/handbook/Pages/Home.aspx', '/sites/projects/_api/web'], 8],
  ['login.microsoftonline.com', ['/common/oauth2/v2.0/authorize?client_id=4765445b', '/common/oauth2/v2.0/token'], 7],
  ['www.google.com', ['/search?q=train+times', '/search?q=weather', '/'], 9],
  ['mail.google.com', ['/mail/u/0/'], 4],
  ['docs.google.com', ['/document/d/1aZ/edit', '/spreadsheets/d/9kQ/edit'], 4],
  ['intranet.acme.example', ['/news', '/canteen', '/people/search'], 9],
  ['wiki.acme.example', ['/display/ENG/Release', '/display/HR/Holidays'], 6],
  ['acme.my.salesforce.com', ['/lightning/o/Account/list', '/lightning/r/Opportunity/006/view'], 6],
  ['acme.service-now.com', ['/now/nav/ui/home', '/api/now/table/incident'], 4],
  ['www.workday.com', ['/en-us/homepage.html'], 2],
  ['www.linkedin.com', ['/feed/', '/in/someone'], 4],
  ['app.slack.com', ['/client/T01/C02'], 5],
  ['www.bbc.co.uk', ['/news', '/weather'], 4],
  ['www.nzz.ch', ['/wirtschaft'], 2],
  ['www.spiegel.de', ['/wirtschaft/'], 2],
  ['www.sbb.ch', ['/en/timetable.html'], 3],
  ['www.booking.com', ['/searchresults.html?ss=Bern'], 2],
  ['en.wikipedia.org', ['/wiki/Main_Page', '/wiki/Halftone'], 4],
  ['github.com', ['/acme/checkout/pulls', '/acme/checkout/actions', '/copilot-extensions'], 5],
  ['registry.npmjs.org', ['/typescript', '/vitest'], 4],
  ['pypi.org', ['/simple/requests/'], 3],
  ['stackoverflow.com', ['/questions/11227809'], 4],
  ['www.youtube.com', ['/watch?v=a1b2c3', '/results?search_query=excel'], 5],
  ['zoom.us', ['/j/98765432100'], 3],
  ['www.dhl.com', ['/track?id=00340434'], 2],
  ['ctldl.windowsupdate.com', ['/msdownload/update/v3/static/trustedr/en/authrootstl.cab'], 4],
  ['ocsp.digicert.com', ['/MFEwTzBNMEswSTAJ'], 4],
  ['www.amazon.de', ['/dp/B08N5WRWNW'], 3],
];

/**
 * Hosts that look like AI and are none, or belong to a wider product: an admin must not hear of them. Names of AI vendors below other
 * people's domains, vendors' hosts that load without use (static files, sign-in pages, status), and products that merely contain AI.
 */
export const silentHosts: readonly (readonly [host: string, paths: readonly string[], weight: number])[] = [
  ['openai.com.evil.example', ['/login'], 2],
  ['chatgpt.com.account-check.example', ['/verify'], 2],
  ['api.openai.com.cdn-mirror.example', ['/v1/models'], 1],
  ['notchatgpt.com', ['/'], 1],
  ['precursor.com', ['/journal'], 1],
  ['deepl.com.example.net', ['/translator'], 1],
  ['www.notion.so', ['/acme/Roadmap-1f0a', '/acme/Notes-77b2'], 5],
  ['www.canva.com', ['/design/DAF/view'], 3],
  ['cdn.oaistatic.com', ['/assets/root.js'], 3],
  ['auth.openai.com', ['/authorize'], 2],
  ['status.anthropic.com', ['/'], 1],
  ['www.pathofexile.com', ['/forum'], 1],
  ['quill.org', ['/lessons'], 1],
  ['www.renttherunway.com', ['/shop'], 1],
  ['pages.aircanada.com', ['/checkin'], 1],
];

/** What goes unencrypted in the lab. */
export const plainHosts: readonly (readonly [host: string, paths: readonly string[], weight: number])[] = [
  ['printer-3.acme.example', ['/status.xml'], 4],
  ['grafana.lab.acme.example', ['/api/health', '/d/build/overview'], 6],
  ['artifacts.lab.acme.example', ['/repository/maven-public/junit.pom', '/repository/npm/left-pad'], 6],
  ['ocsp.digicert.com', ['/MFEwTzBNMEswSTAJ'], 3],
  ['detectportal.firefox.com', ['/canonical.html'], 3],
  ['deb.debian.org', ['/debian/dists/trixie/InRelease'], 3],
];

export const agents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
  'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0',
] as const;
