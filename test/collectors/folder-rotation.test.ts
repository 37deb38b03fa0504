import { expect, it } from 'vitest';
import { RotationDriver } from '../helpers/rotation-driver.js';

const steps = Number(process.env.STEPS ?? 3000);
const seeds = process.env.SEEDS?.split(',').map(Number) ?? [1, 2, 3];

it.each(seeds)(
  `F27 F30 F1 every line comes out once, whatever is rotated, replaced, compressed or killed (seed %i)`,
  async (seed) => {
    const driver = new RotationDriver(seed);
    try {
      for (let i = 0; i < steps / seeds.length && driver.again === 0; i++) await driver.step();
      driver.folder.ahead += 3_600_000 * 3;
      await driver.drain();
      const { twice, missing, lost } = driver.account();
      const [first = Number.POSITIVE_INFINITY] = [...missing, ...twice].sort((a, b) => a - b);
      const at = driver.history.findIndex((text) => Number(/up to (\d+)/.exec(text)?.[1] ?? -1) >= first);
      const context =
        at < 0
          ? []
          : [
              ...driver.history.slice(Math.max(0, at - 30), at + 60),
              ...driver.history.filter((text) => text.includes(' again ')),
            ];
      expect({ twice, missing: missing.slice(0, 20), context }).toEqual({ twice: [], missing: [], context: [] });
      expect(driver.written.size).toBeGreaterThan(steps / 3);
      const reported = driver.folder.gaps.filter(({ why }) => why.includes('was truncated'));
      if (lost > 0) expect(reported.length).toBeGreaterThan(0);
      if (process.env.STEPS !== undefined)
        console.log(
          `seed ${seed}: ${driver.written.size} lines, ${driver.truncations} truncations, ${lost} lost, ${reported.length} gaps`,
        );
    } finally {
      driver.folder.remove();
    }
  },
  process.env.STEPS === undefined ? 120_000 : 7_200_000,
);
