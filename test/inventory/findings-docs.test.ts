import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { findingStates, transitionKinds } from '../../src/core/finding-state.js';
import { signalRules } from '../../src/inventory/signals/rules.js';

const page = readFileSync(new URL('../../docs/findings.md', import.meta.url), 'utf8');

it('the page on findings names every state, step and signal', () => {
  const signals = ['bypass', 'pilot-to-production', 'upload-growth', 'new-group', 'new-strength'];
  for (const name of [...findingStates, ...transitionKinds, ...signals]) expect(page).toContain(`| \`${name}\` |`);
});

it('the page on findings states the thresholds that hold', () => {
  const { version, pilot, uploads, newGroup, newStrength, weekend, smallGroup } = signalRules;
  expect({ weekend, smallGroup }).toEqual({ weekend: [0, 6], smallGroup: 5 });
  const { days } = newStrength;
  expect([days.contact, days.visit, days.transfer, days.account, days.permission, days.payment]).toEqual([
    2, 2, 2, 1, 1, 1,
  ]);
  for (const text of [
    `version\n${version} of the rules`,
    `the latest ${pilot.minWeeks} to ${pilot.maxWeeks} whole weeks`,
    `${pilot.minWeeks} weeks of history`,
    `of the last ${pilot.nowWeeks} weeks | at least ${pilot.people} |`,
    `at least ${pilot.times} times`,
    `(0.5 is chance) | at least ${pilot.rising} |`,
    `at least ${pilot.regular * 100} %`,
    `on at least ${pilot.groupDays} days of the last ${pilot.nowWeeks} weeks | at least ${pilot.groups} |`,
    `first third | at least ${pilot.pilotDays} |`,
    `${uploads.minSentDays} working days on which something was sent`,
    `median of the last ${uploads.recentDays} working days`,
    `of the ${uploads.baselineDays} days before`,
    `median + ${uploads.deviations} deviations; ${uploads.times} times the median; ${uploads.bytes / 1e6} MB a day`,
    `${newGroup.minDays} days of history before the last ${newGroup.windowDays}, and a people file`,
    `within the last ${newGroup.windowDays} | at least ${newGroup.days} |`,
    `${newStrength.minDays} days of history before the last ${newStrength.windowDays} |`,
  ])
    expect(page).toContain(text);
});
