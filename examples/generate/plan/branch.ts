import { stranger } from '../people.js';
import { workdays } from '../time.js';
import type { Fact } from '../types.js';
import { shadow } from './shadow.js';

const room = (last: number) => stranger(`10.20.90.${last}`);
/** Addresses that are given out anew each day: meeting rooms of the branch, and its VPN. */
export const lentAddresses = [room(11), room(12), room(13), room(14), stranger('10.20.91.5')];

/** What the branch's firewall shows. It knows addresses; only with its leases do they become people. */
export const branchUse: readonly Fact[] = [
  {
    id: 'notebooklm-rooms',
    ...shadow,
    service: 'notebooklm',
    file: 'sonicwall',
    who: [room(11), room(12), room(13)],
    days: workdays(1, 26, 4),
    perDay: 1,
    look: { host: 'notebooklm.google.com', path: '/notebook/7c1e' },
    why: 'Three addresses of meeting rooms, with leases three people of Sales.',
  },
  {
    id: 'notebooklm-afternoon',
    ...shadow,
    service: 'notebooklm',
    file: 'sonicwall',
    who: [room(14)],
    days: [],
    times: ['2026-11-03T14:20:30Z'],
    perDay: 1,
    look: { host: 'notebooklm.google.com', path: '/notebook/11d0' },
    why: 'The address that changed hands at noon: in the afternoon it was a lawyer.',
  },
  {
    id: 'deepseek-morning',
    service: 'deepseek',
    account: 'unknown',
    verdict: 'denied',
    entry: 'deepseek-decision',
    insteadOf: 'chatgpt-enterprise',
    file: 'sonicwall',
    who: [room(14)],
    days: [],
    times: ['2026-11-03T09:10:00Z', '2026-11-03T11:40:00Z'],
    perDay: 1,
    look: { host: 'chat.deepseek.com', path: '/api/v0/chat/completion', method: 'POST' },
    why: 'The same address in the morning: somebody of Marketing. The lawyer must not be blamed for it.',
  },
  {
    id: 'claude-vpn',
    ...shadow,
    service: 'claude',
    insteadOf: 'chatgpt-enterprise',
    file: 'sonicwall',
    who: [stranger('10.20.91.5')],
    days: workdays(7, 27, 3),
    perDay: 2,
    look: { host: 'claude.ai', path: '/chat/77aa02', method: 'POST' },
    why: 'From home, through the VPN gateway.',
  },
];
