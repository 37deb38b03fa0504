import { expect, it } from 'vitest';
import { checkProvenance } from '../../src/cli/common/doctor/provenance.js';

it('doctor names each source whose data open no finding, and what to do', () => {
  const checks = checkProvenance([
    { id: 'proxy', kind: 'folder', provenance: 'observed' },
    { id: 'agent', kind: 'push', provenance: 'reported' },
    { id: 'firewall', kind: 'syslog', provenance: 'unauthenticated' },
    { id: 'trusted', kind: 'syslog', provenance: 'reported' },
    { id: 'desk', kind: 'upload', provenance: 'claimed' },
  ]);
  expect(checks.map(({ name, outcome }) => [name, outcome])).toEqual([
    ['worth of firewall', 'warning'],
    ['worth of desk', 'warning'],
  ]);
  const [syslog, upload] = checks;
  expect(syslog?.found).toBe(
    'its data open no finding and name nobody: they are unauthenticated, as anybody who reaches its port can send',
  );
  expect(syslog?.remedy).toContain('client_ca');
  expect(syslog?.remedy).toContain('provenance: reported with a provenance_reason');
  expect(upload?.found).toContain('claimed, as nobody vouches for what it says');
  expect(upload?.remedy).not.toContain('client_ca');
});
