#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/src/cli/main.js', import.meta.url);
if (existsSync(main)) await import(main.href);
else {
  process.stderr.write(
    'halflight: not built yet. Run "npm ci && npm run build" in the folder of package.json first.\n',
  );
  process.exitCode = 3;
}
