import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { openApi } from '../src/api/openapi.js';
import { routes } from '../src/api/registry.js';
import { additionSchema } from '../src/catalog/extend.js';
import { serviceSchema } from '../src/catalog/schema.js';
import { configSchema } from '../src/config/schema.js';
import { mappingSchema } from '../src/formats/common/mapping-file.js';
import { inventorySchema } from '../src/inventory/schema.js';
import { enrolmentSchema, telemetrySchema } from '../src/receivers/common/telemetry-schema.js';
import { gateReportSchema } from '../src/reports/gate/schema.js';
import { reportSchema } from '../src/reports/schema.js';

// The JSON Schemas of what others read or write. `npm run schemas` writes them; a test holds them to the code.
const root = join(import.meta.dirname, '..');
const schemas = {
  signature: ['A signature file of the catalog', serviceSchema, 'input'],
  'signature-addition': ['A signature file that adds to a service', additionSchema, 'input'],
  inventory: ['The register of AI systems', inventorySchema, 'input'],
  mapping: ['A mapping file for custom logs', mappingSchema, 'input'],
  config: ['halflight.yaml, the configuration of the service', configSchema, 'input'],
  report: ['report.json of halflight scan', reportSchema, 'output'],
  telemetry: ['A batch of browser telemetry, POST /v1/telemetry', telemetrySchema, 'input'],
  enrolment: ['What an installation sends to be enrolled, POST /v1/telemetry/devices', enrolmentSchema, 'input'],
  gate: ['What halflight gate --json prints', gateReportSchema, 'output'],
} as const;

/** File name -> content of every schema. */
export function generateSchemas(): Map<string, string> {
  const files = Object.entries(schemas).map(([name, [title, schema, io]]): [string, object] => [
    `schemas/${name}.schema.json`,
    { title, ...z.toJSONSchema(schema, { io, unrepresentable: 'any' }) },
  ]);
  files.push(['schemas/openapi.json', openApi(routes)]);
  return new Map(files.map(([file, content]) => [file, `${JSON.stringify(content, null, 2)}\n`]));
}

/** The files whose content differs from what the code says. */
export const staleSchemas = (): string[] =>
  [...generateSchemas()].filter(([file, content]) => readOrEmpty(join(root, file)) !== content).map(([file]) => file);

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

if (process.argv[1] === import.meta.filename)
  for (const [file, content] of generateSchemas()) writeFileSync(join(root, file), content);
