import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contractsOf } from '../../src/inventory/contracts/evidence.js';
import { contractMatcher } from '../../src/inventory/contracts/match.js';
import { readContracts } from '../../src/inventory/contracts/read.js';
import { ownCatalog } from '../helpers/scan.js';

const read = (text: string) => readContracts(text, 'vendors.csv', Date.UTC(2026, 10, 22));

describe('a vendor list', () => {
  it.each([
    [
      'Coupa',
      'Contract #,Contract Name,Supplier,Status,Starts,Expires,Owner\nMSA-123,Enterprise AI,"OpenAI, L.L.C.",Published,04/01/2026,03/31/2027,Jane Doe\n',
    ],
    [
      'SAP Ariba',
      'Report: contracts\n\nContract ID;Contract - Contract;Supplier - Common Supplier;Contract Status;Effective Date;Expiration Date;Owner - User\nMSA-123;Enterprise AI;OpenAI, L.L.C.;Published;01.04.2026;31.03.2027;Jane Doe\n',
    ],
    [
      'one of its own',
      'vendor,contract,number,start,end,owner,state\n"OpenAI, L.L.C.","Enterprise AI",MSA-123,2026-04-01,2027-03-31,Jane Doe,Published\n',
    ],
  ])('of %s is read by its column names', (_, text) => {
    const { contracts, problems } = read(text);
    expect(problems).toEqual([]);
    expect(contracts).toMatchObject([
      {
        vendor: 'OpenAI, L.L.C.',
        name: 'Enterprise AI',
        number: 'MSA-123',
        start: '2026-04-01',
        end: '2027-03-31',
        owner: 'Jane Doe',
        status: 'Published',
      },
    ]);
  });

  it('says which rows are wrong, and the others stand', () => {
    const { contracts, problems } = read('Vendor,End\n,2027-01-01\nA,soon\n\nB,2027-01-01\n');
    expect(contracts.map(({ vendor, end }) => [vendor, end])).toEqual([
      ['A', undefined],
      ['B', '2027-01-01'],
    ]);
    expect(problems.map(({ line, message }) => `${line}: ${message}`)).toEqual([
      '2: the row names no vendor; fill it in or remove the row',
      '3: "soon" is no date; write it as 2027-03-31',
    ]);
    expect(read('a,b\n1,2\n').problems[0]?.message).toContain('no line names the columns');
  });

  it('whatever it holds is read to its end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('Vendor', 'End', ',', ';', '"', '\n', '2027-01-01', 'x', '\0', '\t'), {
          maxLength: 60,
        }),
        (parts) => {
          const { contracts } = read(parts.join(''));
          for (const { vendor } of contracts) expect(vendor).not.toBe('');
        },
      ),
      { seed: 11, numRuns: 500 },
    );
  });
});

describe('a contract is for', () => {
  const match = contractMatcher(ownCatalog().services.values());
  const services = (vendor: string, name = ''): string[] =>
    match({ vendor, name, number: '', start: undefined, end: undefined, owner: '', status: '', line: 1 }).services.map(
      ({ id, by }) => `${id} ${by}`,
    );

  it('all services of its vendor where it names none, whatever the form of the company', () => {
    const all = services('OpenAI');
    expect(all.length).toBeGreaterThan(0);
    for (const spelled of ['OpenAI, L.L.C.', 'OPENAI INC', 'OpenAI Ireland Ltd.', 'openai.com'])
      expect(services(spelled), spelled).toEqual(all);
    for (const item of all) expect(item).toMatch(/ vendor$/);
  });
  it('the product that it names', () => {
    expect(services('OpenAI', 'ChatGPT Enterprise, 200 seats')).toEqual(['chatgpt product']);
    expect(services('SoftwareOne AG', 'ChatGPT Team licences')).toEqual(['chatgpt product']);
  });
  it('nothing where only a common word is shared', () => {
    for (const vendor of [
      'Open Solutions GmbH',
      'AI Consulting Ltd',
      'Otter Catering',
      'Cursor Print & Copy',
      'International',
      'Group',
    ])
      expect(services(vendor, 'Claude Monet poster, runway lights, notion of time'), vendor).toEqual([]);
  });
});

describe('what is said of it', () => {
  const said = (change: object, asOf = '2026-10-05'): string | undefined =>
    contractsOf(
      'chat',
      [
        {
          vendor: 'OpenAI',
          name: '',
          number: 'MSA-123',
          start: '2026-04-01',
          end: '2027-03-31',
          owner: 'Jane Doe',
          status: '',
          line: 2,
          services: [{ id: 'chat', by: 'product' }],
          ...change,
        },
      ],
      asOf,
    )[0]?.sentence;
  it.each([
    [{}, 'A contract with OpenAI (MSA-123) runs until 2027-03-31, owner Jane Doe.'],
    [{ end: '2026-10-05' }, 'A contract with OpenAI (MSA-123) runs until 2026-10-05, owner Jane Doe.'],
    [
      { end: '2026-10-04' },
      'A contract with OpenAI (MSA-123) expired on 2026-10-04, owner Jane Doe: it covers nothing now.',
    ],
    [
      { status: 'Terminated' },
      'A contract with OpenAI (MSA-123) is terminated, owner Jane Doe: it covers nothing now.',
    ],
    [
      { start: '2026-11-01' },
      'A contract with OpenAI (MSA-123) begins on 2026-11-01, owner Jane Doe: it covers nothing now.',
    ],
    [{ end: undefined, owner: '' }, 'A contract with OpenAI (MSA-123) has no end.'],
    [
      { services: [{ id: 'chat', by: 'vendor' }] },
      'A contract with OpenAI (MSA-123) runs until 2027-03-31, owner Jane Doe; it does not name the product.',
    ],
    [{ services: [{ id: 'other', by: 'product' }] }, undefined],
  ])('%j', (change, sentence) => expect(said(change)).toBe(sentence));
});
