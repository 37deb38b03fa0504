import type { Command } from 'commander';
import { safeLine } from '../../core/terminal.js';
import { CliError, exitCodes } from '../common/errors.js';
import type { AddCommand } from '../main.js';

interface ListOptions {
  config?: string;
  json?: boolean;
  names?: boolean;
  revoked?: boolean;
  source?: string;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const withConfig = (command: Command): Command =>
  command.option('--config <file>', 'configuration file (default: halflight.yaml where it exists)');

/** The id in an id or a whole key: nobody should have to cut one by hand. */
const idOf = (text: string): string => text.replace(/^hld_/, '').replace(/\..*$/, '');
const noSuch = (id: string): CliError => new CliError(`there is no device ${safeLine(id)} that is still good`);

/** `halflight device list | assign | revoke` */
export const command: AddCommand = (program) => {
  const device = program.command('device').description('the browsers and agents that are enrolled to send telemetry');

  withConfig(device.command('list'))
    .description('enrolled devices, the newest first')
    .option('--source <id>', 'only those of this source')
    .option('--revoked', 'those that were revoked, too')
    .option('--names', 'with the users and machines that they are assigned to')
    .option('--json', 'as JSON')
    .action(async ({ config, json, names = false, revoked = false, source }: ListOptions) => {
      const [{ besideService }, { loadDevices }, { deviceJson, deviceLines }, { noteReveal }] = await Promise.all([
        import('../common/service/beside.js'),
        import('../../store/devices.js'),
        import('../common/service/device-list.js'),
        import('../common/audit/note.js'),
      ]);
      await besideService(config, async ({ store, who }) => {
        if (names) await noteReveal(store.db, who, 'device list', Date.now());
        const devices = await loadDevices(store.db, { source, revoked });
        if (json === true)
          print(
            JSON.stringify(
              devices.map((one) => deviceJson(one, names)),
              null,
              2,
            ),
          );
        else for (const line of deviceLines(devices, names)) print(line);
      });
    });

  withConfig(device.command('assign <id>'))
    .description("says whose a device is; without --user and --device it is nobody's again")
    .option('--user <name>', 'user as in the people directory or the sign-in logs')
    .option('--device <name>', 'name of the machine')
    .action(
      async (text: string, { config, user, device: name }: { config?: string; user?: string; device?: string }) => {
        for (const value of [user, name])
          if (value !== undefined && (value.trim() === '' || value.length > 320))
            throw new CliError('a name has 1 to 320 characters', exitCodes.usage);
        const [{ besideService }, { assignDevice }] = await Promise.all([
          import('../common/service/beside.js'),
          import('../../store/devices.js'),
        ]);
        await besideService(config, async ({ store, who }) => {
          const id = idOf(text);
          if (!(await assignDevice(store.db, id, { user, name }, who, Date.now()))) throw noSuch(id);
          print(`What the device ${safeLine(id)} sends counts for its new owner within a few seconds.`);
        });
      },
    );

  withConfig(device.command('revoke <id...>'))
    .description('takes nothing more from a device; ID is the part of its key before the dot, without hld_')
    .action(async (texts: string[], { config }: { config?: string }) => {
      const [{ besideService }, { revokeDevice }] = await Promise.all([
        import('../common/service/beside.js'),
        import('../../store/devices.js'),
      ]);
      await besideService(config, async ({ store, who }) => {
        const missing: string[] = [];
        for (const id of texts.map(idOf)) {
          if (await revokeDevice(store.db, id, who, Date.now()))
            print(`The device ${safeLine(id)} is no longer taken.`);
          else missing.push(id);
        }
        if (missing.length > 0) throw noSuch(missing.join(', '));
      });
    });
};
