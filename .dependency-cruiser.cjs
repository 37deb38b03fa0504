// One array of ranks; every rule below is generated from it. A file imports only from a lower rank or
// from its own folder. The message of each rule says what to do instead.
const ranks = [
  ['core'],
  ['config', 'formats', 'catalog', 'people'],
  ['detectors', 'inventory', 'rules'],
  ['scan', 'store', 'net', 'gate'],
  ['collectors', 'receivers', 'alerts'],
  ['reports', 'exports', 'evidence'],
  ['jobs'],
  ['api'],
  ['cli'],
];

const rankRules = ranks.flatMap((folders, rank) =>
  folders.map((folder) => ({
    name: `rank-${rank}-${folder}`,
    severity: 'error',
    comment:
      `src/${folder} has rank ${rank}: it may import its own folder and src/{${ranks.slice(0, rank).flat().join(',')}}. ` +
      'Move what both need down (usually to src/core), or pass it in as an argument from src/cli.',
    from: { path: `^src/${folder}/` },
    to: {
      path: `^src/(${ranks.slice(rank).flat().join('|')})/`,
      pathNot: `^src/${folder}/`,
    },
  })),
);

// Plug-in folders: a file directly inside is a plug-in and may use common/ but no sibling.
const pluginFolders = [
  'formats',
  'detectors',
  'gate/readers',
  'collectors',
  'receivers',
  'alerts',
  'reports/writers',
  'exports/catalog',
  'exports/blocklists',
  'reports/sections',
  'exports/tables',
];
const pluginRules = pluginFolders.map((folder) => ({
  name: `plugin-${folder.replace('/', '-')}`,
  severity: 'error',
  comment: `Plug-ins in src/${folder} never import each other: put what both need into src/${folder}/common/ or src/core.`,
  from: { path: `^src/${folder}/([^/]+)\\.ts$` },
  to: { path: `^src/${folder}/[^/]+\\.ts$`, pathNot: `^src/${folder}/$1\\.ts$` },
}));

// Ranks 0 to 2 are pure. The loaders are the named exceptions.
const pureFolders = ranks.slice(0, 3).flat().join('|');
const loaders = '^src/(core/plugins|catalog/load)\\.ts$';

module.exports = {
  forbidden: [
    ...rankRules,
    ...pluginRules,
    {
      name: 'pure-ranks',
      severity: 'error',
      comment:
        'Ranks 0 to 2 are pure: no file system, network, process or clock. Read it in src/cli or src/scan and pass the value in.',
      from: { path: `^src/(${pureFolders})/`, pathNot: loaders },
      to: {
        dependencyTypes: ['core'],
        path: '^(node:)?(fs|net|http|https|tls|dgram|dns|child_process|worker_threads|os|process|timers)',
      },
    },
    {
      name: 'sql-only-in-store',
      severity: 'error',
      comment: 'The only SQL is in src/store: add a function of `db` there and call it.',
      from: { path: '^src/', pathNot: '^src/store/' },
      to: { path: 'node_modules/(pg|kysely)/' },
    },
    {
      name: 'plugins-never-see-the-store',
      severity: 'error',
      comment: 'Collectors, receivers and alerts never see the store: return chunks or outcomes, src/jobs keeps them.',
      from: { path: '^src/(collectors|receivers|alerts)/' },
      to: { path: '^src/store/' },
    },
    {
      name: 'blocklists-never-see-use',
      severity: 'error',
      comment:
        'A block list comes from recorded decisions only: nothing that a log says may reach it, so src/exports/blocklists sees no usage, scan or store.',
      from: { path: '^src/exports/blocklists/' },
      to: {
        path: '^src/(formats|people|detectors|scan|store|collectors|receivers|reports|jobs)/|^src/core/(usage|use|hit|event|rollup|chunk|candidate)\\.ts$',
      },
    },
    {
      name: 'one-way-outward',
      severity: 'error',
      comment:
        'Whatever goes outward goes through src/net/egress.ts, which checks addresses: use the Egress that you are given.',
      from: {
        path: '^src/(collectors|alerts|reports|exports|evidence|jobs|cli)/',
        pathNot: '^src/cli/common/doctor/ports\\.ts$',
      },
      to: {
        path: '^(node:)?(http|https|http2|net|tls|dns|dgram)(/|$)|node_modules/undici/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'undici-only-in-net',
      severity: 'error',
      comment: 'The HTTP client is src/net alone: use its Egress.',
      from: { path: '^src/', pathNot: '^src/net/' },
      to: { path: 'node_modules/undici/' },
    },
    {
      name: 'mail-only-over-egress',
      severity: 'error',
      comment:
        'The mail library would look up and connect by itself: src/alerts/email.ts alone uses it, over a connection of the Egress.',
      from: { path: '^src/', pathNot: '^src/alerts/email\\.ts$' },
      to: { path: 'node_modules/nodemailer/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'pdf-only-in-its-writer',
      severity: 'error',
      comment:
        'The PDF library reads files and addresses unless it is told not to, once for all who use it: src/reports/writers/pdf.ts alone uses it.',
      from: { path: '^src/', pathNot: '^src/reports/writers/pdf\\.ts$' },
      to: { path: 'node_modules/pdfmake/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'processes-only-in-store',
      severity: 'error',
      comment:
        'Only the supervisor of the embedded database starts processes (src/store/run.ts), with fixed arguments; and, when run from source, the compiler of the scan kernel.',
      from: { path: '^src/', pathNot: '^src/(store/run|scan/kernel/module)\\.ts$' },
      to: { path: '^(node:)?child_process$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'Break the circle: move the shared part to its own file.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-dev-dependencies',
      severity: 'error',
      comment: 'The product may only import dependencies, not devDependencies.',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
