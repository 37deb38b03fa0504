import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { AddCommand } from '../../src/cli/main.js';
import { ownTasks } from '../../src/jobs/tasks.js';
import { root } from '../helpers/cli.js';

// Whatever decides, exports, shows people by name or sends is a record of the audit log. Each command and task says here which, or why it
// needs none: who adds one is asked by this test.

/** Actions of its records; or a sentence that says why there is none. */
type Answer = readonly string[] | string;

const reads = 'It reads, and names nobody.';
const files = 'It works on files that are given to it, without an installation.';

const commands: Record<string, Answer> = {
  'alert list': reads,
  'alert dry-run': 'It tries rules on what is kept, tells nobody and changes nothing; people are numbers in it.',
  'audit verify': reads,
  'audit key': 'It shows a public key.',
  'audit show': 'It reads the audit log, which names those who administer and nobody who is observed.',
  'audit checkpoint':
    'The checkpoint itself is kept, and never changed; a record of it would be one that it does not cover.',
  'audit accept-loss': ['audit.loss-accepted'],
  'blocklist list': reads,
  'blocklist show': reads,
  'blocklist diff': reads,
  'blocklist approve': ['blocklist.approved'],
  'blocklist rollback': ['blocklist.rolled-back'],
  'blocklist verify': files,
  'candidate list': ['names.revealed'],
  'candidate show': ['names.revealed'],
  'candidate signature': ['candidate.attached'],
  'candidate attach': ['candidate.attached'],
  'candidate dismiss': ['candidate.dismissed'],
  'candidate restore': ['candidate.restored'],
  'candidate ask': ['candidate.asked'],
  'candidate export':
    'It writes what was dismissed, names of hosts and apps for others to share, and nothing about people or use.',
  'candidate import': ['candidates.imported'],
  'catalog diff': files,
  'catalog keygen': files,
  'catalog bundle': files,
  'catalog install': ['catalog.installed'],
  'catalog list': files,
  'catalog show': files,
  'catalog check': files,
  'catalog stats': files,
  'catalog export': files,
  collect:
    'It does now what the schedule does; what comes of it (chunks, findings, a source that is paused) has records and rows of its own.',
  'config check': reads,
  'config show': 'It shows places of secrets and never secrets.',
  'data export': ['data.exported'],
  'data import':
    'It fills an empty database with one that was exported, to the byte; the record of the export is in it, and checkpoints hold on.',
  decide: ['decision.made'],
  'decide second': ['decision.seconded'],
  'detect-format': files,
  'device list': ['names.revealed'],
  'device assign': ['device.assigned'],
  'device revoke': ['device.revoked'],
  doctor: reads,
  evidence: ['evidence.exported', 'evidence.revealed'],
  'export usage': ['export.names'],
  'export findings': ['export.names'],
  'export inventory': ['export.names'],
  'export blocklist': ['blocklist.exported'],
  gate: files,
  'hold set': ['hold.set'],
  'hold release': ['hold.released'],
  'hold list': reads,
  'inventory check': files,
  'inventory import': ['register.imported'],
  'inventory export':
    'It writes the register, which the organisation itself wrote and which holds no use and nobody observed.',
  match: files,
  migrate: 'It brings tables up to date as each start does; what was applied is in a table of its own.',
  'nudge dry-run': 'It shows whom a mail would go to by pseudonym, and sends none.',
  parse: files,
  'people unresolved': ['names.revealed'],
  'people check': ['names.revealed'],
  replay: ['replay.started'],
  report: ['names.revealed'],
  scan: 'It reads logs that are given to it, and keeps results in a folder of whoever scans.',
  schedule: ['configuration.changed', 'sources.changed'],
  serve: ['configuration.changed', 'sources.changed'],
  'source list': reads,
  'source test': reads,
  'source add-token': ['token.created'],
  'source revoke-token': ['token.revoked'],
  'source pause': ['source.paused'],
  'source resume': ['source.active'],
  verify: files,
  work: 'It does what others decided; jobs have records of their own.',
};

const tasks: Record<keyof typeof ownTasks, Answer> = {
  checkpoint: ['audit.broken'],
  'audit-verify': ['audit.broken'],
  retention: ['retention.applied'],
  recheck: 'It computes findings anew, which have a history of their own.',
  blocklists: ['blocklist.made', 'blocklist.published', 'blocklist.guarded'],
  nudges: ['nudges.sent'],
  resolve: ['history.resolved'],
  'resolve-all': ['history.resolved'],
};

/** All that the program is made of, as one text. */
const source = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(root, 'src', name), 'utf8'))
  .join('\n');

async function leaves(): Promise<string[]> {
  const program = new Command('halflight');
  const folder = join(root, 'src/cli/commands');
  for (const file of readdirSync(folder))
    ((await import(join(folder, file))) as { command: AddCommand }).command(program);
  const walk = (command: Command, name: string): string[] => [
    // `decide SUBJECT ACTION` is a command beside `decide second ID`.
    ...(command.commands.length === 0 || command.registeredArguments.length > 0 ? [name] : []),
    ...command.commands.flatMap((child) => walk(child, `${name} ${child.name()}`.trim())),
  ];
  return walk(program, '');
}

describe('everything that is decided, exported, revealed or sent is in the audit log', () => {
  it('every command says which record it makes, or why none', async () => {
    const names = await leaves();
    expect(names.length).toBeGreaterThan(50);
    for (const name of names) expect(commands, `a new command, "halflight ${name}"`).toHaveProperty([name]);
  });

  it('every task of the service does too', () => {
    for (const name of Object.keys(ownTasks)) expect(tasks, `a new task, ${name}`).toHaveProperty([name]);
  });

  it.each([...Object.entries(commands), ...Object.entries(tasks)])(
    'what is said of %s is true or a reason',
    (_name, answer) => {
      if (typeof answer === 'string') expect(answer).toMatch(/^[A-Z].{15,}\.$/s);
      else
        for (const action of answer) {
          const [head = '', tail = ''] = action.split(/\.(?=[^.]*$)/);
          const made = [`'${action}'`, `\`${head}.\${`].some((text) => source.includes(text));
          expect(made && (source.includes(`'${action}'`) || source.includes(`'${tail}'`)), action).toBe(true);
        }
    },
  );
});
