import { describe, expect, it } from 'vitest';
import { Directory } from '../../src/people/directory.js';
import { readPeople } from '../../src/people/read-people.js';

const csv = `id,email,name,group,manager,aliases
p1,jane.doe@acme.example,Jane Doe,Sales,p2,ACME\\jdoe;jd42;device:LT-0042;10.1.2.3
p2,max.muster@acme.example,Max Muster,Finance,,device:ws-7;address:2001:DB8::1
p3,anna.k@acme.example,"Klein, Anna",Legal,p2,LAB\\max.muster
p4,sam@acme.example,Sam Hill,Sales,p2,shared
p5,sam@acme.org,Sam Stone,Legal,p2,shared
p6,freelance@gmail.com,Fred Lance,Design,p2,
p7,kim.lee@acme.example,Kim Lee,Design,p2,svc-kim
p8,kim.other@acme.example,Kim Lee,Legal,p2,c3813493-bf92-5123-2717-8a8b2979c38b
`;
const directory = new Directory(readPeople(csv, 'people.csv').people, 'people.csv');

describe('a logged user becomes a person', () => {
  it.each([
    ['p1', 'p1', 'the id'],
    ['P1', 'p1', 'the id in upper case'],
    ['ACME\\jdoe', 'p1', 'the alias as written'],
    ['acme\\JDOE', 'p1', 'the alias in another case'],
    ['ACME\\\\jdoe', 'p1', 'a doubled backslash'],
    ['acme%5cjdoe', 'p1', 'percent-encoding'],
    ['ACME/jdoe', 'p1', 'a slash instead of the backslash'],
    ['WinNT://ACME/jdoe', 'p1', 'a WinNT path'],
    ['jdoe@ACME', 'p1', 'a realm without a dot'],
    ['jdoe', 'p1', 'the user name of the alias without its domain'],
    ['jd42', 'p1', 'a bare user name'],
    ['CORP\\jd42', 'p1', 'a bare user name in any Windows domain'],
    ['jd42@acme.example', 'p1', 'a bare user name at the e-mail domain'],
    ['Jane.Doe@ACME.example', 'p1', 'the e-mail address'],
    ['jane.doe%40acme.example', 'p1', 'the e-mail address percent-encoded'],
    ['jane.doe@CORP.ACME.EXAMPLE', 'p1', 'a Kerberos realm below the e-mail domain'],
    ['jane.doe@acme.local', 'p1', 'a domain that exists only inside'],
    ['jane.doe', 'p1', 'the local part of the e-mail address'],
    ['ACME\\jane.doe', 'p1', 'the local part in a Windows domain'],
    ['Doe, Jane (jane.doe@acme.example)', 'p1', 'a display name with the address'],
    ['"Jane Doe" <jane.doe@acme.example>', 'p1', 'a mail header'],
    ['Doe, Jane', 'p1', 'last name first'],
    ['Jane  Doe', 'p1', 'the name'],
    ['CN=Jane Doe,OU=Sales,DC=acme,DC=example', 'p1', 'a distinguished name'],
    ['CN=Doe\\, Jane,OU=Sales', 'p1', 'a distinguished name with an escaped comma'],
    ['CN=jdoe,OU=Sales', 'p1', 'a distinguished name that holds the user name'],
    ['i:0#.f|membership|jane.doe@acme.example', 'p1', 'a SharePoint claim'],
    ['jane.doe_acme.example#EXT#@other.onmicrosoft.com', 'p1', 'a guest in another tenant'],
    ['Anna Klein', 'p3', 'a directory name with the last name first'],
    ['LAB\\max.muster', 'p3', 'an explicit alias before the local part of somebody else'],
    ['ACME\\max.muster', 'p2', 'the local part where the alias is for another domain'],
    ['svc-kim', 'p7', 'an alias before the look of a service account'],
    ['c3813493-bf92-5123-2717-8a8b2979c38b', 'p8', 'an object id that is an alias'],
  ])('%s is %s: %s', (user, id) => {
    expect(directory.resolve({ user })).toMatchObject({ kind: 'person', id });
  });

  it('carries the group of the person', () => {
    expect(directory.resolve({ user: 'p1' })).toEqual({ kind: 'person', id: 'p1', group: 'Sales' });
  });
});

describe('a logged user that is nobody in the directory stays what it is', () => {
  it.each([
    ['jane.doe@gmail.com', 'user', 'jane.doe@gmail.com', 'a stranger with the same local part'],
    ['Jane Doe <jane@evil.example>', 'user', 'jane@evil.example', 'a stranger with the same name'],
    ['someone@gmail.com', 'user', 'someone@gmail.com', 'public mail, though a freelancer has it'],
    ['sam', 'user', 'sam', 'a local part that two people have'],
    ['shared', 'user', 'shared', 'an alias that two people claim'],
    ['Kim Lee', 'user', 'kim lee', 'a name that two people have'],
    ['ACME\\Nobody', 'user', 'acme\\nobody', 'an unknown account'],
    ['nobody@ACME', 'user', 'acme\\nobody', 'the same account, written the other way'],
    ['svc-backup', 'workload', 'svc-backup', 'a service account'],
    ['ACME\\svc_ci', 'workload', 'acme\\svc_ci', 'a service account with a domain'],
    ['build[bot]', 'workload', 'build[bot]', 'a bot'],
    ['arn:aws:iam::123456789012:role/etl', 'workload', 'arn:aws:iam::123456789012:role/etl', 'a cloud role'],
    ['etl@proj.iam.gserviceaccount.com', 'workload', 'etl@proj.iam.gserviceaccount.com', 'a cloud service account'],
    ['8a4de8b5-095c-47d0-a96f-a75130c61d53', 'workload', '8a4de8b5-095c-47d0-a96f-a75130c61d53', 'an object id'],
    ['ACME\\WS-99$', 'device', 'ws-99', 'a machine account'],
    ['host/ws-99.acme.example@ACME.EXAMPLE', 'device', 'ws-99.acme.example', 'a machine in Kerberos'],
    ['10.9.9.9', 'address', '10.9.9.9', 'an address in place of a user'],
    ['NT AUTHORITY\\SYSTEM', 'unknown', '', 'an account that every machine has'],
    ['-', 'unknown', '', 'nothing'],
    ['anonymous', 'unknown', '', 'nobody'],
  ])('%s is a %s', (user, kind, id) => {
    expect(directory.resolve({ user })).toEqual({ kind, id, group: '' });
  });
});

describe('without a known user the rest of the record speaks', () => {
  it.each([
    ['the device of a person', { device: 'lt-0042' }, 'person', 'p1'],
    ['the device with its domain', { device: 'LT-0042.acme.example' }, 'person', 'p1'],
    ['the machine account of a device', { user: 'ACME\\WS-7$' }, 'person', 'p2'],
    ['the address of a person', { src_ip: '10.1.2.3' }, 'person', 'p1'],
    ['an IPv6 address in another spelling', { src_ip: '2001:db8:0:0::1' }, 'person', 'p2'],
    ['an address in the device field', { device: '10.1.2.3' }, 'person', 'p1'],
    ['the device before the address', { device: 'ws-7', src_ip: '10.1.2.3' }, 'person', 'p2'],
    ['the user before the device', { user: 'p3', device: 'ws-7' }, 'person', 'p3'],
    ['a person by device before an unknown user', { user: 'guest1', device: 'ws-7' }, 'person', 'p2'],
    ['a person by address before an unknown device', { device: 'x1', src_ip: '10.1.2.3' }, 'person', 'p1'],
    ['an unknown user before an unknown device', { user: 'guest1', device: 'X1' }, 'user', 'guest1'],
    ['an unknown device before the address', { device: 'X1', src_ip: '10.9.9.9' }, 'device', 'x1'],
    ['the address before the cost centre', { src_ip: '10.9.9.9', cost_centre: '4711' }, 'address', '10.9.9.9'],
    ['the cost centre', { cost_centre: '4711' }, 'cost-centre', '4711'],
    ['nothing at all', {}, 'unknown', ''],
    ['a program, not the person whose machine it runs on', { user: 'svc-x', device: 'ws-7' }, 'workload', 'svc-x'],
    ['the machine for an account that every machine has', { user: 'SYSTEM', device: 'X1' }, 'device', 'x1'],
  ])('%s', (_, traces, kind, id) => {
    expect(directory.resolve(traces)).toMatchObject({ kind, id });
  });
});

it('gives the same object for the same text, and stays right after more names than it remembers', () => {
  const known = directory.resolve({ user: 'jdoe' });
  expect(directory.resolve({ user: 'jdoe' })).toBe(known);
  for (let i = 0; i < 120_000; i++) directory.resolve({ user: `guest${i}` });
  expect(directory.resolve({ user: 'jdoe' })).toEqual(known);
});

it('reports what several people claim, with their lines', () => {
  expect(directory.problems.map((problem) => [problem.severity, problem.line, problem.value])).toEqual([
    ['warning', 6, 'shared'],
  ]);
  expect(directory.problems[0]?.message).toContain('p4 (line 5), p5 (line 6)');
});

it('an empty directory still names users and devices', () => {
  expect(new Directory().resolve({ user: 'A@b.example' })).toEqual({ kind: 'user', id: 'a@b.example', group: '' });
});
