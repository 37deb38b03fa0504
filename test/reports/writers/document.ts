import type { Block, Cell, Column, ReportDocument, Tone } from '../../../src/reports/blocks/block.js';

/*
 * A report as a mid-sized company would get it for a month, written by hand: what the sections make is not used here, so that writers are
 * held against something that no code of ours has made.
 */

const start = (key: string, title: string, weight?: number): Column => ({ key, title, align: 'start', weight });
const end = (key: string, title: string, weight?: number): Column => ({ key, title, align: 'end', weight });
const cell = (text: string, value?: number | string, tone?: Tone): Cell => ({ text, value, tone });
const num = (value: number): Cell => cell(String(value).replace(/\B(?=(\d{3})+$)/g, ','), value);

const findings: Block = {
  kind: 'table',
  id: 'new-findings',
  caption: 'New findings, highest risk first',
  columns: [
    start('service', 'Service', 2),
    start('verdict', 'Verdict', 1.4),
    end('risk', 'Risk'),
    end('people', 'People'),
    end('bytes_out', 'Sent', 1.1),
    start('next', 'What to do next', 4),
  ],
  rows: [
    [
      cell('DeepSeek'),
      cell('denied', 'denied', 'bad'),
      cell('78 high', 78, 'bad'),
      num(14),
      cell('1.2 GB', 1_204_331_008),
      cell('Block chat.deepseek.com and tell the 14 people which tool is approved instead: Copilot.'),
    ],
    [
      cell('ChatGPT'),
      cell('wrong-account', 'wrong-account', 'bad'),
      cell('64 high', 64, 'bad'),
      num(41),
      cell('310.4 MB', 310_400_112),
      cell(
        '41 people use personal accounts although 260 licences of ChatGPT Enterprise are paid. Enforce the tenant header.',
      ),
    ],
    [
      cell('Otter.ai'),
      cell('unregistered', 'unregistered', 'warning'),
      cell('52 medium', 52, 'warning'),
      num(12),
      cell('88.0 MB', 88_011_234),
      cell('Records meetings. Ask Sales Operations for an owner, or decide against it.'),
    ],
    [
      cell('Gamma'),
      cell('unregistered', 'unregistered', 'warning'),
      cell('31 medium', 31, 'warning'),
      num(1204),
      cell('12.0 kB', 12_034),
      cell('Register with an owner.'),
    ],
    [
      cell('Perplexity'),
      cell('in-review', 'in-review'),
      cell('18 low', 18),
      num(9),
      cell('–', ''),
      cell('Decision due on 2026-11-14.'),
    ],
  ],
  more: 7,
  empty: 'No new findings.',
};

const blocks: Block[] = [
  {
    kind: 'figures',
    items: [
      { label: 'services in use', value: '23', note: '19 in September', tone: 'neutral' },
      { label: 'people', value: '1,288', note: '+6 % since September', tone: 'neutral' },
      { label: 'findings to act on', value: '9', note: '4 of them new', tone: 'bad' },
      { label: 'resolved', value: '5', note: 'in 6 days at the median', tone: 'good' },
    ],
  },
  {
    kind: 'text',
    tone: 'warning',
    text: 'The source zscaler-eu was silent from 2026-10-11 to 2026-10-13: use on these days is missing from all counts.',
  },
  { kind: 'heading', id: 'what-changed', level: 2, text: 'What changed' },
  {
    kind: 'list',
    items: [
      'Four services were seen for the first time: DeepSeek, Otter.ai, Gamma and Perplexity.',
      'GitHub Copilot grew from 212 to 301 people after it was approved for all of Engineering on 2026-10-05.',
      'The exception for Grammarly ended on 2026-10-31 and 38 people still use it.',
    ],
  },
  findings,
  { kind: 'heading', id: 'use', level: 2, text: 'Use' },
  {
    kind: 'text',
    tone: 'neutral',
    text: 'Days are in Europe/Berlin. A person counts once for each service, however many accounts they use.',
  },
  {
    kind: 'bars',
    caption: 'People by service',
    unit: 'people',
    bars: [
      { label: 'Microsoft Copilot', value: 512, text: '512', before: 498 },
      { label: 'GitHub Copilot', value: 301, text: '301', before: 212 },
      { label: 'ChatGPT', value: 260, text: '260', before: 271 },
      { label: 'Grammarly', value: 38, text: '38', before: 36 },
      { label: 'DeepSeek', value: 14, text: '14', before: 0 },
      { label: 'Otter.ai', value: 12, text: '12' },
    ],
  },
  { kind: 'heading', id: 'by-group', level: 3, text: 'By group' },
  {
    kind: 'table',
    id: 'groups',
    caption: 'Groups by people who use AI; groups of fewer than five are merged into “other”',
    columns: [
      start('group', 'Group', 2),
      end('people', 'People'),
      end('share', 'Share'),
      end('services', 'Services'),
      start('first', 'Most used', 2),
    ],
    rows: [
      ['Engineering', 402, '88 %', 17, 'GitHub Copilot'],
      ['Sales', 233, '71 %', 12, 'Microsoft Copilot'],
      ['Recht & Compliance', 31, '44 %', 4, 'Microsoft Copilot'],
      ['Zürich – Vertrieb Süd', 19, '40 %', 5, 'ChatGPT'],
      ['other', 11, '–', 3, 'ChatGPT'],
    ].map((row) => row.map((value) => (typeof value === 'number' ? num(value) : cell(value)))),
    more: 0,
    empty: 'No groups.',
  },
  { kind: 'heading', id: 'governance', level: 2, text: 'Governance' },
  { kind: 'text', tone: 'good', text: 'All 14 recertifications that were due in October were done in time.' },
  {
    kind: 'table',
    id: 'lapsing',
    caption: 'Approvals that end in the next 30 days',
    columns: [start('entry', 'Entry'), start('owner', 'Owner'), start('ends', 'Ends')],
    rows: [],
    more: 0,
    empty: 'None ends in the next 30 days.',
  },
  { kind: 'heading', id: 'register', level: 2, text: 'Register' },
  {
    kind: 'table',
    id: 'entries',
    caption: 'All entries of the register',
    columns: [
      start('entry', 'Entry', 2),
      start('status', 'Status'),
      start('owner', 'Owner', 1.5),
      end('people', 'People'),
      end('recertified', 'Recertified', 1.2),
    ],
    rows: Array.from({ length: 64 }, (_, i) => [
      cell(
        `Entry ${String(i + 1).padStart(2, '0')}: ${['Translation', 'Code review', 'Meeting notes', 'Search'][i % 4]} for team ${(i % 7) + 1}`,
      ),
      cell(['approved', 'in review', 'excepted'][i % 3] ?? ''),
      cell(`person-${['k3w7q2ma', 'z5hd2xq7', 'b4l6ttre'][i % 3]}`),
      num((i * 37) % 113),
      cell(`2026-0${(i % 9) + 1}-15`),
    ]),
    more: 0,
    empty: 'The register is empty.',
  },
];

/** A month of a company of about 1,700 people. */
export const october: ReportDocument = {
  title: 'AI in use, October 2026',
  subtitle: '1 to 31 October 2026, made for the CISO; days in Europe/Berlin',
  about: [
    { label: 'Made by', value: 'Halflight 0.1.0' },
    {
      label: 'Catalog',
      value: 'version 12, 512 services, sha256:5f0c3b1e9ad4c7a08be1f2d3c4b5a6978877665544332211ffeeddccbbaa9988',
    },
    { label: 'Policy', value: '2026.1' },
    { label: 'Checkpoint', value: 'acme.example/halflight 48213 qL9dQ2n0c8ZrJxk3mWvT5yBfHs1uEoXgPa7iNtKj6RM=' },
    { label: 'People', value: 'by pseudonym; groups of fewer than five are merged into “other”' },
  ],
  at: Date.UTC(2026, 9, 31, 23, 0, 0),
  answer:
    'In October 2026 1,288 people used 23 AI services; 9 findings call for action, first DeepSeek (denied, 14 people, 1.2 GB sent).',
  blocks,
};
