import { expect, it } from 'vitest';
import { staleSchemas } from '../scripts/schemas.js';

it('the published schemas say what the code does (npm run schemas writes them)', () =>
  expect(staleSchemas()).toEqual([]));
