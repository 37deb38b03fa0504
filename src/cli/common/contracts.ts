import { readFileSync, statSync } from 'node:fs';
import type { Service } from '../../catalog/schema.js';
import type { MatchedContract } from '../../core/contract.js';
import { decodeText } from '../../core/decode.js';
import type { Problem } from '../../core/problem.js';
import { contractMatcher } from '../../inventory/contracts/match.js';
import { readContracts } from '../../inventory/contracts/read.js';
import { compressionOf } from '../../scan/decompress.js';
import { readHead } from '../../scan/input.js';
import { CliError, explainFileError } from './errors.js';

export interface MatchedContracts {
  contracts: readonly MatchedContract[];
  problems: readonly Problem[];
}

/** Largest vendor list, as text. */
const maxBytes = 32 << 20;

/** Reads a vendor list, CSV or a workbook, and finds the services that its contracts may be for. @throws CliError where it cannot be read */
export async function readContractsFile(path: string, services: Iterable<Service>): Promise<MatchedContracts> {
  const match = contractMatcher(services);
  try {
    const { mtimeMs } = statSync(path);
    const tables =
      compressionOf(readHead(path)) === 'zip' ? await sheetsOf(path) : [{ name: path, text: textOf(path) }];
    const read = tables.map(({ name, text }) => readContracts(text, name, mtimeMs));
    // Of a workbook the sheets count that are vendor lists.
    const lists = read.filter(({ contracts }) => contracts.length > 0);
    const counted = lists.length > 0 ? lists : read;
    return {
      contracts: counted.flatMap(({ contracts }) => contracts.map(match)),
      problems: counted.flatMap(({ problems }) => problems),
    };
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(explainFileError(error, path));
  }
}

function textOf(path: string): string {
  const bytes = readFileSync(path);
  if (bytes.length > maxBytes) throw new CliError(`${path} is larger than 32 MiB: is it a vendor list?`);
  return decodeText(bytes);
}

async function sheetsOf(path: string): Promise<{ name: string; text: string }[]> {
  const [{ findInputs }, { closeArchive }] = await Promise.all([
    import('../../scan/walk.js'),
    import('../../scan/zip.js'),
  ]);
  const tables: { name: string; text: string }[] = [];
  const refuse = (name: string, why: string): never => {
    throw new CliError(`${name} ${why}`);
  };
  try {
    for await (const input of findInputs([path], new Set(), ({ name, why }) => refuse(name, why))) {
      const parts: Buffer[] = [];
      let size = 0;
      for await (const chunk of await input.bytes()) {
        size += chunk.length;
        if (size > maxBytes) refuse(input.name, 'is larger than 32 MiB: is it a vendor list?');
        parts.push(chunk);
      }
      tables.push({ name: input.name, text: decodeText(Buffer.concat(parts)) });
    }
  } finally {
    closeArchive();
  }
  return tables;
}
