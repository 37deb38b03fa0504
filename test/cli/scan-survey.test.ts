import { describe, expect, it } from 'vitest';
import { halflight, scanReport, squidLine, temporaryFolder } from '../helpers/cli.js';

const people = `id,email,name,group,aliases
e1,ann@acme.example,Ann Abt,Sales,ann
e2,bob@acme.example,Bob Berg,Sales,bob
e3,cleo@acme.example,Cleo Cox,Sales,cleo
e4,dan@acme.example,Dan Dorn,Sales,dan
`;
const answers = `ID,Start time,Completion time,Email,Name,Which AI tools do you use?,With which account?
1,3/2/26 10:01:00,3/2/26 10:04:30,ann@acme.example,Ann Abt,"ChatGPT;Claude;",Company account
2,3/2/26 10:15:00,3/2/26 10:16:02,bob@acme.example,Bob Berg,"Chat GPT Plus;NoteWhiz;",My own private account
3,3/2/26 10:20:00,3/2/26 10:26:02,cleo@acme.example,Cleo Cox,"Claude;NoteWhiz",
4,3/2/26 10:30:00,3/2/26 10:31:00,dan@acme.example,Dan Dorn,None;,
5,3/2/26 11:30:00,3/2/26 11:31:00,ann@acme.example,Ann Abt,I talk to DeepSeek about my holidays sometimes,
`;
// Ann is seen on ChatGPT; Cleo, too, without naming it; Dan answered nothing, and Bob was not seen.
const log = ['ann', 'ann', 'cleo', 'dan'].map((user, n) => squidLine({ user, at: `2026-03-03T10:0${n}:00Z` })).join('');

describe('a survey that is read beside a log', () => {
  const folder = temporaryFolder({ 'answers.csv': answers, 'access.log': log, 'people.csv': people });
  const scan = (...args: string[]) => scanReport([...args, '--people', 'people.csv'], { cwd: folder });

  it('confirms and contradicts in numbers, and makes no finding about a person', async () => {
    const { report, code } = await scan('answers.csv', 'access.log');
    expect(code).toBe(0);
    const of = (id: string) => report.findings.find((finding) => finding.id === id);
    expect(of('chatgpt/unknown')).toMatchObject({ people: 3, events: 4, claimed_only: false, provenance: 'observed' });
    expect(of('chatgpt/unknown')?.reason).toContain(
      'In a survey 2 people say that they use it: 1 was seen using it, 1 was not.',
    );
    for (const id of [
      'chatgpt/enterprise',
      'chatgpt/personal',
      'claude/enterprise',
      'claude/unknown',
      'deepseek/unknown',
    ])
      expect(of(id), id).toMatchObject({
        claimed_only: true,
        provenance: 'claimed',
        strength: 'declared',
        people: 0,
        groups: [],
        top_actors: [],
        uses: [],
      });
    expect(of('claude/unknown')?.evidence[0]).toMatchObject({ provenance: 'claimed', actor: 'unverified' });
    expect(report.totals).toMatchObject({ services: 1, people: 3, findings_to_act_on: 1, events: 4 });
    expect(report.survey).toEqual({
      answered: 3,
      services: [
        { service: 'chatgpt', name: 'ChatGPT', declared_and_seen: 1, declared_not_seen: 1, seen_not_declared: 1 },
        { service: 'claude', name: 'Claude', declared_and_seen: 0, declared_not_seen: 2, seen_not_declared: 0 },
        { service: 'deepseek', name: 'DeepSeek', declared_and_seen: 0, declared_not_seen: 1, seen_not_declared: 0 },
      ],
    });
    expect(report.candidates.map(({ subject, kind, events, actors }) => [subject, kind, events, actors])).toEqual([
      ['NoteWhiz', 'app', 2, 2],
    ]);
    expect(report.answer).toMatch(/ 2 services are only claimed: nothing that was read confirms them\.$/);
  });

  it('alone finds nothing to act on, says what is only claimed, and fails no check', async () => {
    const args = ['scan', 'answers.csv', '--people', 'people.csv', '--fail-on', 'unregistered'];
    const { code, stdout } = await halflight(args, { cwd: folder });
    expect(code).toBe(0);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'no AI service of the catalog was used. 3 services are only claimed: nothing that was read confirms them.',
    );
    expect(stdout).toContain('Only claimed: nobody vouches for it, and it is about nobody');
    expect(stdout).toContain('ChatGPT: named by 2, of whom 0 were seen; seen and not named: 0');
    expect(stdout.split('\n').every((line) => line.length <= 80)).toBe(true);
  });
});
