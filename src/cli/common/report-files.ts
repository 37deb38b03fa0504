/** Names of what a scan writes. */
export const reportFiles = ['report.html', 'report.json', 'usage.csv', 'rejects.ndjson'] as const;
export type ReportFile = (typeof reportFiles)[number];
