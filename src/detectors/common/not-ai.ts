import { parse, stringify } from 'yaml';
import { z } from 'zod';
import type { NotAi } from '../../core/candidate.js';
import { candidateKinds } from '../../core/hit.js';

/** The shared file: candidates that somebody has looked at and that are no AI. It names no people. */
export const notAiSchema = z.strictObject({
  not_ai: z.array(
    z.strictObject({
      kind: z.enum(candidateKinds),
      subject: z.string().min(1).max(2000).describe('As the report shows it: a domain, an app, a merchant text.'),
      why: z.string().max(1000).describe('For whoever reads the file later.'),
      decided: z.iso.date().describe('The day of the decision.'),
    }),
  ),
});

/** Reads the file. Problems are sentences for its author, and then there is nothing. */
export function readNotAi(text: string): { list: NotAi[]; problems: string[] } {
  let content: unknown;
  try {
    content = parse(text, { maxAliasCount: 0 });
  } catch (error) {
    return { list: [], problems: [`is no YAML: ${error instanceof Error ? error.message.split('\n')[0] : ''}`] };
  }
  const result = notAiSchema.safeParse(content);
  if (result.success) return { list: result.data.not_ai, problems: [] };
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
  return { list: [], problems };
}

/** The file's text; the same list gives the same text. */
export const writeNotAi = (list: readonly NotAi[]): string =>
  `# Candidates that are no AI, for "halflight candidate import" and "halflight scan --not-ai".\n${stringify({
    not_ai: list.map(({ kind, subject, why, decided }) => ({ kind, subject, why, decided })),
  })}`;
