#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/src/cli/main.js', import.meta.url);
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

/** @param {string} message */
function refuse(message) {
  process.stderr.write(`halflight: ${message}\n`);
  process.exitCode = 3;
}

if (major < 20 || (major === 20 && minor < 19)) {
  refuse(`needs Node.js 20.19 or newer, and this is ${process.versions.node}. Node.js 24 is recommended.`);
} else if (!existsSync(main)) {
  refuse('not built yet. Run "npm install && npm run build" in the folder of package.json first.');
} else await import(main.href);
