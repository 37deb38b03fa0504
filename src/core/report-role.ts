/**
 * For whom a periodic report is made, which decides what it may say. `admin`: everything; `security`: findings, signals, who; `auditor`:
 * pseudonyms, decisions, coverage, versions; `manager`: one group of five people or more, and of it no single person.
 */
export const reportRoles = ['admin', 'security', 'auditor', 'manager'] as const;
export type ReportRole = (typeof reportRoles)[number];

/** Roles whose reports may name people, where that is asked for. */
export const namingRoles: ReadonlySet<ReportRole> = new Set(['admin', 'security']);

/** How often a report is made of its own accord, and of what. */
export const reportCadences = ['weekly', 'monthly'] as const;
export type ReportCadence = (typeof reportCadences)[number];

/** What a report is drawn as. */
export const reportFormats = ['html', 'mail', 'pdf', 'markdown', 'csv'] as const;
export type ReportFormat = (typeof reportFormats)[number];
