import { describe, expect, it } from 'vitest';
import { halflight, temporaryFolder, writeFiles } from '../helpers/cli.js';

/** What `config check` says of a configuration, and its exit code. */
async function check(config: object, files: Record<string, string> = {}) {
  const folder = temporaryFolder();
  writeFiles(folder, { 'halflight.yaml': JSON.stringify(config), ...files });
  const { code, stdout } = await halflight(['config', 'check', '--json'], { cwd: folder });
  const { problems } = JSON.parse(stdout) as { problems: { severity: string; field: string; message: string }[] };
  return {
    code,
    problems: problems.map(({ severity, field, message }) => `${severity} ${field}: ${message}`).sort(byText),
  };
}
const byText = (a: string, b: string): number => (a < b ? -1 : 1);
const people = 'id,email,group\ne1,ada@acme.example,Sales\ne2,max@acme.example,Legal\n';
const folder = { id: 'proxy', kind: 'folder', options: { path: '/srv/logs' } };
const channel = { id: 'soc', kind: 'webhook', notices: ['alert.opened'], options: { url: 'https://h.example/x' } };

describe('config check tells names that nothing has', () => {
  it('of services, categories, jobs, groups and people, with the one that may be meant', async () => {
    const rules = [
      { id: 'a', kind: 'denied-in-use', when: { services: ['chatgtp', 'claude'], categories: ['chat', 'imagge'] } },
      { id: 'b', kind: 'job-failures', when: { jobs: ['collect:proxy', 'retenton'] } },
      { id: 'c', kind: 'wrong-account', when: { groups: ['sales', 'Sale'] } },
    ];
    const config = {
      people: 'people.csv',
      sources: [folder],
      channels: [channel],
      alerts: { rules, sensitive_groups: ['Legal', 'Nobody Here'] },
      nudges: {
        groups: ['SALES'],
        excluded_groups: ['Legl'],
        excluded_people: ['ADA@acme.example', 'e2', 'max@acme.exmaple'],
      },
    };
    expect(await check(config, { 'people.csv': people })).toEqual({
      code: 0,
      problems: [
        'warning alerts.rules[0].when.categories[1]: the catalog has no category imagge; did you mean image?',
        'warning alerts.rules[0].when.services[0]: the catalog has no service chatgtp; did you mean chatgpt?',
        'warning alerts.rules[1].when.jobs[1]: the service has no job retenton; did you mean retention?',
        'warning alerts.rules[2].when.groups[1]: nobody in the people file is in a group Sale; did you mean Sales?',
        'warning alerts.sensitive_groups[1]: nobody in the people file is in a group Nobody Here',
        'warning nudges.excluded_groups[0]: nobody in the people file is in a group Legl; did you mean Legal?',
        'warning nudges.excluded_people[2]: nobody in the people file has the id or address max@acme.exmaple',
      ],
    });
  });

  it('of the organisation’s own signatures none, and of channels with the one that may be meant', async () => {
    const own =
      'id: in-house\nname: In-house\nsummary: A model of our own.\ncategory: chat\nvendor: { name: Acme }\nchecked: 2026-11-22\nsources: [{ name: us, read: 2026-11-22 }]\nhosts: [ai.acme.example]\nexamples: { hit: [ai.acme.example], miss: [acme.example] }\n';
    const config = {
      signatures: 'own',
      channels: [channel],
      alerts: {
        rules: [{ id: 'a', kind: 'denied-in-use', when: { services: ['in-house', 'in-hause'] }, channels: ['socc'] }],
      },
      reports: [{ id: 'weekly', role: 'admin', channels: ['soc', 'soc2'] }],
      audit: { checkpoints: { channels: ['socs'] } },
    };
    const { code, problems } = await check(config, { 'own/in-house.yaml': own });
    expect(code).toBe(1);
    expect(problems).toEqual([
      'error alerts.rules[0].channels[0]: there is no channel with the id socc; is it soc?',
      'error audit.checkpoints.channels[0]: is the id of none of the channels; did you mean soc?',
      'error reports.weekly.channels[1]: is the id of none of the channels; did you mean soc?',
      'warning alerts.rules[0].when.services[1]: the catalog has no service in-hause; did you mean in-house?',
      'warning channels.soc: no rule of alerts tells the channel soc anything; name it in a rule, or remove it',
    ]);
  });

  it('and says where it could not look: without a people file, or with one that cannot be read', async () => {
    const config = { alerts: { sensitive_groups: ['Legal'] } };
    expect((await check(config)).problems).toEqual([
      'warning alerts.sensitive_groups: names groups that were not looked at: there is no people file, only the database',
    ]);
    expect(await check({ alerts: {} })).toEqual({ code: 0, problems: [] });
  });
});
