import type { Entry } from './inventory.js';

const text = (value: string): string =>
  /^[A-Za-z][\w .,-]*$/.test(value) || /^\d{4}-\d\d-\d\d$|^\d$/.test(value) ? value : JSON.stringify(value);

/** inventory.yaml. */
export function inventoryYaml(entries: readonly Entry[]): string {
  const lines = ['# The register of AI systems of Acme, a made-up company. See examples/README.md.', 'entries:'];
  const put = (indent: string, name: string, value: string | readonly string[]): void => {
    lines.push(
      `${indent}${name}: ${typeof value === 'string' ? text(value) : `[${value.map(text).map(flow).join(', ')}]`}`,
    );
  };
  for (const { id, shows, fields } of entries) {
    lines.push(`  # ${shows}`, `  - id: ${id}`);
    for (const [name, value] of Object.entries(fields)) {
      if (typeof value === 'string' || Array.isArray(value)) put('    ', name, value as string | readonly string[]);
      else {
        lines.push(`    ${name}:`);
        for (const [part, inner] of Object.entries(value)) put('      ', part, inner as string | readonly string[]);
      }
    }
  }
  return `${lines.join('\n')}\n`;
}

/** Within brackets a comma ends an item. */
const flow = (value: string): string => (value.startsWith('"') || !value.includes(',') ? value : JSON.stringify(value));
