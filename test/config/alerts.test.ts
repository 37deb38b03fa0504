import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/read.js';

const said = (text: string) =>
  readConfig({ text, file: 'halflight.yaml', env: {} }).problems.map(({ field, message }) => `${field}: ${message}`);
const rule = (more: string): string => `alerts: { rules: [{ id: a, kind: denied-in-use, ${more} }] }`;

describe('rules of alerts', () => {
  it.each([
    [rule('channels: [sic]'), 'alerts.rules[0].channels[0]: there is no channel with the id sic'],
    [rule('silenced_by: [a]'), 'alerts.rules[0].silenced_by: leads back to a'],
    [rule('when: { score: 80 }'), 'alerts.rules[0].when.score: says nothing to a rule of the kind denied-in-use'],
    [
      'alerts: { rules: [{ id: a, kind: denied-in-use }, { id: a, kind: wrong-account }] }',
      'alerts.rules[1].id: another of the rules has this id already',
    ],
    [
      'alerts: { rules: [{ id: a, kind: sensitive-group }] }',
      'alerts.rules[0]: finds nothing: name groups in alerts.sensitive_groups',
    ],
  ])('%s is a mistake', (text, message) => expect(said(text).join('\n')).toContain(message));

  it('quiet hours that leave no minute of the week out are a mistake, whichever windows make them', () => {
    const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
    const minutes = fc.constantFrom(0, 1, 420, 720, 1200, 1439);
    const clock = (minute: number): string =>
      `"${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}"`;
    const window = fc.record({
      from: minutes,
      to: fc.oneof(minutes, fc.constant(1440)),
      on: fc.subarray([...days], { minLength: 1 }),
    });
    fc.assert(
      fc.property(fc.array(window, { minLength: 1, maxLength: 4 }), (windows) => {
        // Minute by minute, as a person would look at a calendar.
        const quiet = new Set<number>();
        for (const { from, to, on } of windows)
          for (const day of on) {
            const length = to > from ? to - from : to - from + 1440;
            for (let n = 0; n < length; n++) quiet.add((days.indexOf(day) * 1440 + from + n) % 10_080);
          }
        const text = windows
          .map(({ from, to, on }) => `{ from: ${clock(from)}, to: ${clock(to)}, days: [${on.join(', ')}] }`)
          .join(', ');
        const whole = said(`alerts: { quiet_hours: [${text}] }`).some((message) => message.includes('the whole week'));
        expect(whole).toBe(quiet.size === 10_080);
      }),
      {
        seed: 64,
        numRuns: 200,
        examples: [[[{ from: 720, to: 720, on: [...days] }]], [[{ from: 0, to: 1440, on: [...days] }]]],
      },
    );
  });
});
