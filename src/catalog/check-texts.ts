import type { Catalog } from './compile.js';

type Report = (service: Catalog['merchants'][number]['service'], field: string, message: string) => void;

/** What browsers, command-line tools and general HTTP libraries call themselves: none of it is AI. */
const commonAgents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0',
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36 OPR/91.0.0.0',
  'Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.1; Trident/7.0; .NET4.0C)',
  'Slack/4.45.69 Electron/37.2.5',
  'Code/1.104.0 Electron/37.3.1',
  'Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.19127; Pro)',
  'Teams/25212.2204',
  'curl/8.14.1',
  'Wget/1.25.0',
  'python-requests/2.32.5',
  'Python-urllib/3.13',
  'python-httpx/0.28.1',
  'aiohttp/3.12.15',
  'axios/1.11.0',
  'node',
  'node-fetch/3.3.2',
  'undici',
  'okhttp/5.1.0',
  'Go-http-client/2.0',
  'Java/21.0.8',
  'Apache-HttpClient/5.5',
  'PostmanRuntime/7.45.0',
  'git/2.51.0',
  'npm/11.6.0 node/v24.8.0 linux x64 workspaces/false',
  'pip/25.2',
  'Debian APT-HTTP/1.3 (3.0.3)',
  'Windows-Update-Agent/10.0',
  'Microsoft-Delivery-Optimization/10.0',
  'WinHTTP/1.0',
  'CFNetwork/3826.600.41 Darwin/24.6.0',
  'Dalvik/2.1.0 (Linux; U; Android 15)',
  'Spotify/126700583',
  'Googlebot/2.1',
  'Zoom/6.5',
];
/** Names of apps that are in every directory. */
const commonApps = [
  'office',
  'office 365',
  'microsoft 365',
  'microsoft teams',
  'outlook',
  'google',
  'google chrome',
  'chrome',
  'windows sign in',
  'azure portal',
  'salesforce',
  'slack',
  'zoom',
  'github',
  'adobe',
  'workday',
  'servicenow',
  'box',
  'dropbox',
  'jira',
  'confluence',
  'my apps',
  'microsoft graph',
  'windows',
];
/** Fewer letters and digits are part of too many other texts. */
const shortest = { agent: 4, merchant: 4 };

/** User agents, names and merchant texts that would hit what everybody has. */
export function checkTexts(catalog: Catalog, report: Report): void {
  for (const { service, value } of catalog.userAgents) {
    const hit = commonAgents.find((agent) => agent.toLowerCase().includes(value.toLowerCase()));
    if (hit !== undefined)
      report(
        service,
        agentField(service, value),
        `${value} hits the common user agent "${hit}": use the product's own token`,
      );
    else if (letters(value) < shortest.agent)
      report(
        service,
        agentField(service, value),
        `${value} is too short to be told from other text: use the product's own token`,
      );
  }
  for (const name of commonApps) {
    const rule = catalog.oauthNames.get(name) ?? catalog.samlNames.get(name);
    if (rule !== undefined && !rule.service.embedded)
      report(
        rule.service,
        'oauth_apps',
        `${rule.value} is the name of an app that everybody has: use its id, or the full name of the AI app`,
      );
  }
  for (const { service, value, ambiguous } of catalog.merchants) {
    if (!ambiguous && letters(value) < shortest.merchant)
      report(
        service,
        `merchants.${service.merchants.findIndex(({ descriptor }) => descriptor === value)}`,
        `${value} is too short to be told from other firms: use more of the text, or mark it ambiguous`,
      );
  }
}

const agentField = (service: Catalog['userAgents'][number]['service'], value: string): string =>
  `user_agents.${service.user_agents.findIndex(({ token }) => token === value)}`;

const letters = (text: string): number => text.replace(/[^\p{L}\p{N}]/gu, '').length;
