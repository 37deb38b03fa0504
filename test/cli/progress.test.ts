import { expect, it } from 'vitest';
import { stepWriter } from '../../src/cli/common/progress.js';

const steps = ['sign-ins: day 1, 0 records read', 'sign-ins: day 2, 7 records read', 'grant: 3 listed'];
const written = (isTTY: boolean, columns = 80): string => {
  let text = '';
  const writer = stepWriter({ isTTY, columns, write: (part) => (text += part) });
  for (const step of steps) writer.step(step);
  writer.end();
  return text;
};

it('on a terminal, days of one kind take one line, which fits', () => {
  expect(
    written(true)
      .split('\n')
      .map((line) => line.split('\r\u001b[K').at(-1)),
  ).toEqual([steps[1], steps[2], '']);
  expect(written(true, 19)).toContain('\u001b[Ksign-ins: day 2, 7\n');
});

it('elsewhere every step is a line of its own', () => expect(written(false)).toBe(`${steps.join('\n')}\n`));
