import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type ReportRole, reportRoles } from '../../../src/core/report-role.js';
import { documentOf } from '../../../src/reports/periodic/document.js';
import { allSections } from '../../../src/reports/sections/common/section.js';
import { writersOf } from '../../../src/reports/writers.js';
import { full } from './facts.js';

/** What each role may read of what the facts hold: words of the catalog and the register, then what is about people. */
const common = ['service', 'vendor', 'entry'];
const may: Record<ReportRole, readonly string[]> = {
  admin: [
    ...common,
    'person',
    'group',
    'owner',
    'approver',
    'source',
    'gap',
    'candidate',
    'signal',
    'measure',
    'decider',
    'decided',
    'paid',
    'payer',
  ],
  security: [...common, 'person', 'group', 'owner', 'source', 'gap', 'candidate', 'signal', 'measure'],
  auditor: [...common, 'group', 'owner', 'approver', 'source', 'gap', 'measure', 'decider', 'decided'],
  manager: [...common, 'own-group'],
};

it('every section has a test of its own', async () => {
  const tests = new Set(readdirSync(import.meta.dirname));
  for (const id of (await allSections()).keys()) expect(tests.has(`${id}.test.ts`), id).toBe(true);
});

it('no role ever reads a name, a group or anything else that is not for it, whatever there is', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 40 }),
      fc.string({ minLength: 4, maxLength: 8, unit: fc.constantFrom(...'abcdef0123456789') }),
      async (count, mark) => {
        for (const role of reportRoles) {
          // A word for each text that says what it is: `qx<mark>.person.3.`
          const facts = full(role, count, (what, n) => `qx${mark}.${what}.${n}.`);
          const text = JSON.stringify(await documentOf(facts));
          const read = new Set(
            [...text.matchAll(new RegExp(`qx${mark}\\.([a-z-]+)\\.`, 'g'))].map(([, what]) => what ?? ''),
          );
          expect(
            [...read].filter((what) => !may[role].includes(what)),
            role,
          ).toEqual([]);
          expect(read.has('service'), role).toBe(true);
          if (role !== 'manager') continue;
          const groups = [...text.matchAll(new RegExp(`qx${mark}\\.own-group\\.(\\d+)`, 'g'))].map(([, n]) => n);
          expect(new Set(groups)).toEqual(new Set(['0']));
        }
      },
    ),
    { seed: 653, numRuns: 60 },
  );
});

it('nor does any file of it, in any format', async () => {
  for (const role of ['auditor', 'manager'] as const) {
    const document = await documentOf(full(role, 6, (what, n) => `qx${what.replace(/\W/g, '')}${n}x`));
    for (const [id, writer] of await writersOf()) {
      if (id === 'pdf' || id === 'csv') continue;
      const text = new TextDecoder().decode(await writer.write(document));
      const never =
        role === 'auditor'
          ? /qx(?:person|payer|candidate|signal)\w*/g
          : /qx(?:person|group|payer|owner|approver|decider|source)\w*/g;
      expect(text.match(never), id).toBeNull();
    }
  }
});
