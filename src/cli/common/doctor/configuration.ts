import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Secret, secretsIn } from '../../../config/secret.js';
import type { Check } from '../../../core/check.js';
import type { Problem } from '../../../core/problem.js';
import { describeConfigProblem, inOrder, type LoadedConfig } from '../config.js';
import { failed, ok, warning } from './bounded.js';

const mostShown = 20;

/** What is wrong in the configuration, and the time zone. */
export function checkConfiguration(loaded: LoadedConfig, ofKinds: readonly Problem[]): Check[] {
  const { config, file } = loaded;
  const problems = inOrder([...loaded.problems, ...ofKinds]);
  const checks = problems
    .slice(0, mostShown)
    .map((problem) =>
      (problem.severity === 'error' ? failed : warning)(
        'configuration',
        describeConfigProblem(problem),
        'docs/configuration.md explains each key; "halflight config check" looks at it again.',
      ),
    );
  if (problems.length > mostShown)
    checks.push(failed('configuration', `${problems.length} problems in all`, 'See "halflight config check".'));
  if (problems.length === 0) {
    const where = file ?? 'no file: the defaults and the environment hold';
    checks.push(ok('configuration', `${where}; ${config.sources.length} sources, ${config.channels.length} channels`));
  }
  checks.push(checkZone(config.organisation.timezone));
  return checks;
}

/** The names of the zones are part of Node.js: a small build may lack them. */
function checkZone(zone: string): Check {
  try {
    const now = new Intl.DateTimeFormat('en-GB', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
    return ok('time zone', `${zone}: ${now.format()}`);
  } catch {
    return failed(
      'time zone',
      `${zone} is not known here`,
      'Install a Node.js with all of ICU (the usual builds), or correct organisation.timezone.',
    );
  }
}

/** Each secret: where it is found, and who may read it; never what it is. */
export function checkSecrets({ config, file }: LoadedConfig): Check[] {
  const folder = file === undefined ? process.cwd() : dirname(file);
  return [...secretsIn(config)].map(([path, secret]) => checkSecret(`secret ${path.join('.')}`, secret, folder));
}

function checkSecret(name: string, secret: Secret, folder: string): Check {
  if (!secret.found)
    return failed(name, `${secret.place} gives nothing`, 'Set it, or correct its place in the configuration.');
  if ('env' in secret.source) return ok(name, `found in ${secret.place}`);
  const path = resolve(folder, secret.source.file);
  const mode = statSync(path).mode & 0o777;
  // The group may read it: containers share files that way. That everybody may is refused by the configuration.
  if ((mode & 0o022) !== 0)
    return warning(name, `${path} may be changed by others (mode ${mode.toString(8)})`, `Run: chmod go-w ${path}`);
  return ok(name, `found in ${secret.place}, mode ${mode.toString(8)}`);
}
