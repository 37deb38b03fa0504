import type { reloadRules } from '../../src/config/changes.js';
import type { Variable } from '../../src/config/environment.js';
import type { ConfigKey } from '../../src/config/keys.js';

// The rows of docs/configuration.md as the code would write them. A test holds the page to them.

const cell = (text: string): string => text.replaceAll('|', '\\|');

export function keyRow({ name, default: value, description, section }: ConfigKey): string {
  const shown = typeof value === 'string' ? value : JSON.stringify(value);
  const fallback = section || value === undefined || shown === '{}' ? '' : ` \`${shown}\``;
  return `| \`${name}\` |${fallback} | ${cell(description)} |`;
}

export const variableRow = ({ name, path, accepts }: Variable): string =>
  `| \`${name}\` | \`${path.join('.')}\` | ${cell(accepts)} |`;

export const otherRow = (name: string, meaning: string): string => `| \`${name}\` | | ${cell(meaning)} |`;

export const ruleRow = ({ key, way, why }: (typeof reloadRules)[number]): string =>
  `| \`${key}\` | ${way === 'apply' ? 'at once' : 'restart'} | ${cell(why)} |`;
