import { modelNames } from '../common/models.js';
import type { GateReader } from '../common/reader.js';

/** Names of models: in quotes, or as the value of a setting. They say what a service is used for, and prove no service by themselves. */
export const reader: GateReader = {
  title: 'Names of models: gpt-, claude-, gemini-, llama, mistral and others',
  reads: ({ kind }) => kind === 'code' || kind === 'config',
  *read(file) {
    for (const { name, maker, offset } of modelNames(file.text))
      if (!file.inComment(offset)) yield { kind: 'model', name, maker, line: file.lineOf(offset) };
  },
};
