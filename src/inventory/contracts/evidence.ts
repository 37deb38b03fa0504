import type { MatchedContract } from '../../core/contract.js';

export const contractStates = ['running', 'expired', 'ended', 'not-begun'] as const;
export type ContractState = (typeof contractStates)[number];

/** What a contract says of a service: evidence that something was bought officially. It is no approval. */
export interface ContractEvidence {
  vendor: string;
  name: string;
  number: string;
  start: string | null;
  end: string | null;
  owner: string;
  state: ContractState;
  /** `vendor`: it does not say which of the vendor's products. */
  by: 'product' | 'vendor';
  /** For people. Holds text of the list: escape it for the place where it is shown. */
  sentence: string;
}

/** Contracts of a finding that are shown. */
export const shownContracts = 10;

const ended =
  /^(?:terminated|cancell?ed|closed|expired|inactive|ended|gekündigt|beendet|abgelaufen|résilié|cancelado)\b/i;

/** The contracts for a service, as of a day: those that run first, then the latest end. */
export function contractsOf(service: string, contracts: readonly MatchedContract[], asOf: string): ContractEvidence[] {
  const order = (state: ContractState): number => contractStates.indexOf(state);
  return contracts
    .flatMap((contract) => {
      const match = contract.services.find(({ id }) => id === service);
      return match === undefined ? [] : [describe(contract, match.by, asOf)];
    })
    .sort((a, b) => order(a.state) - order(b.state) || ((a.end ?? '9999') < (b.end ?? '9999') ? 1 : -1));
}

function describe(contract: MatchedContract, by: 'product' | 'vendor', asOf: string): ContractEvidence {
  const { vendor, name, number, start, end, owner } = contract;
  const state = stateOf(contract, asOf);
  const called = [name, number].filter((text) => text !== '').join(', ');
  const when = {
    running: end === undefined ? 'has no end' : `runs until ${end}`,
    expired: `expired on ${end ?? ''}`,
    ended: `is ${contract.status.toLowerCase()}`,
    'not-begun': `begins on ${start ?? ''}`,
  }[state];
  const sentence = [
    `A contract with ${vendor}${called === '' ? '' : ` (${called})`} ${when}`,
    owner === '' ? '' : `, owner ${owner}`,
    by === 'vendor' ? '; it does not name the product' : '',
    state === 'running' ? '' : ': it covers nothing now',
    '.',
  ].join('');
  return { vendor, name, number, start: start ?? null, end: end ?? null, owner, state, by, sentence };
}

function stateOf({ start, end, status }: MatchedContract, asOf: string): ContractState {
  if (end !== undefined && asOf !== '' && end < asOf) return 'expired';
  if (ended.test(status)) return 'ended';
  return start !== undefined && asOf !== '' && start > asOf ? 'not-begun' : 'running';
}
