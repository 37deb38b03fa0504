import { csv } from '../writers/shared.js';

/** A line of the vendor list of Acme's purchasing, and what it says of which service on the last day of the logs. */
export interface Contract {
  supplier: string;
  name: string;
  number: string;
  start: string;
  end: string;
  owner: string;
  status: string;
  /** Services of the catalog that it is told on; empty for what is no AI. */
  services: readonly string[];
  state: 'running' | 'expired' | 'ended';
}

export const contracts: readonly Contract[] = [
  {
    supplier: 'OpenAI Ireland Ltd',
    name: 'ChatGPT Enterprise',
    number: 'MSA-2026-014',
    start: '2026-03-01',
    end: '2027-02-28',
    owner: 'Purchasing IT',
    status: 'Active',
    services: ['chatgpt'],
    state: 'running',
  },
  {
    supplier: 'Anthropic, PBC',
    name: 'Claude Team (taken over with Brightwork)',
    number: 'BW-0077',
    start: '2025-10-01',
    end: '2026-09-30',
    owner: 'Brightwork integration',
    status: 'Active',
    services: ['claude'],
    state: 'expired',
  },
  {
    supplier: 'DeepL SE',
    name: 'DeepL Pro',
    number: 'C-2026-003',
    start: '2026-01-20',
    end: '2027-01-19',
    owner: 'Communications',
    status: 'Active',
    services: ['deepl'],
    state: 'running',
  },
  {
    supplier: 'Jasper, Inc.',
    name: 'Jasper Business',
    number: 'C-2024-118',
    start: '2024-09-01',
    end: '',
    owner: 'Marketing',
    status: 'Terminated',
    services: ['jasper'],
    state: 'ended',
  },
  {
    supplier: 'Office World AG',
    name: 'Paper and toner',
    number: 'C-2023-009',
    start: '2023-01-01',
    end: '2027-12-31',
    owner: 'Purchasing',
    status: 'Active',
    services: [],
    state: 'running',
  },
];

export const contractsCsv = (): string =>
  `${[
    'Supplier,Contract Name,Contract Number,Start Date,End Date,Contract Owner,Status',
    ...contracts.map(({ supplier, name, number, start, end, owner, status }) =>
      csv([supplier, name, number, start, end, owner, status]),
    ),
  ].join('\n')}\n`;
