/** Apps that people sign in to, with their ids in the identity providers. */
export const usualApps: readonly (readonly [app: string, id: string])[] = [
  ['Office 365 Exchange Online', '00000002-0000-0ff1-ce00-000000000000'],
  ['Microsoft Teams', '1fec8e78-bce4-4aaf-ab1b-5451cc387264'],
  ['SharePoint Online', '00000003-0000-0ff1-ce00-000000000000'],
  ['Azure Portal', 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c'],
  ['Acme Travel', '7d1f0c52-0a44-4b0e-9d11-6f8b1d8a2f01'],
  ['Acme Timesheets', '2b7f6a10-5c1e-4e2c-8f3b-0c9d2a7e4b02'],
  ['Payroll Self Service', '5e0a9c33-7f21-4a58-b6c4-1d2e3f4a5b03'],
];

/** Apps that people let at their Google data. */
export const usualGrants: readonly (readonly [app: string, id: string, scopes: readonly string[]])[] = [
  ['Calendly', '1010-cal.apps.googleusercontent.com', ['https://www.googleapis.com/auth/calendar.events']],
  ['Doodle', '1011-doo.apps.googleusercontent.com', ['https://www.googleapis.com/auth/calendar.readonly']],
  ['Acme Travel', '1012-tra.apps.googleusercontent.com', ['openid', 'email']],
];

export const usualExtensions: readonly (readonly [name: string, id: string])[] = [
  ['uBlock Origin', 'cjpalhdlnbpafiamejdnhcphjbkeiagm'],
  ['Password Manager', 'aeblfdkhhhdcdjpifhhbdiojplfjncoa'],
];

/** Where company cards are used, with usual amounts in minor units. */
export const usualMerchants: readonly (readonly [merchant: string, low: number, high: number])[] = [
  ['SBB MOBILE TICKET BERN', 420, 12_400],
  ['DB FERNVERKEHR AG', 1990, 24_900],
  ['HOTEL KREUZ BERN', 14_500, 38_000],
  ['UBER TRIP HELP.UBER.COM', 900, 5400],
  ['LUFTHANSA 2204512345', 12_000, 149_900],
  ['MIGROS RESTAURANT 1207', 850, 3200],
  ['OFFICE WORLD AG', 1200, 18_000],
  ['OPENAIR SPORTS BERN', 4500, 9900],
  ['AIR LIQUIDE SERVICES', 8000, 22_000],
  ['SWISSCOM BILLING', 6900, 12_900],
];
