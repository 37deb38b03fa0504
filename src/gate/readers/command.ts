import { packageTrace } from '../common/gate-index.js';
import type { GateReader } from '../common/reader.js';

// A program's name where a command begins: at the start of a line (behind RUN, run:, - and the like), behind && ; | and in scripts.
const command =
  /(?:^[ \t]{0,100}(?:(?:RUN|CMD|run:|script:|-|\$)[ \t]{1,20}){0,3}|&&[ \t]{0,20}|[;|][ \t]{1,20}|":[ \t]{0,20}")(?:sudo[ \t]{1,10}|npx[ \t]{1,10}(?:-y[ \t]{1,10}|--yes[ \t]{1,10})?|bunx[ \t]{1,10}|uvx[ \t]{1,10}|pnpm dlx[ \t]{1,10}|pip3?[ \t]{1,10}install[ \t]{1,10}|npm[ \t]{1,10}(?:i|install)[ \t]{1,10}(?:-g[ \t]{1,10})?)?(@?[a-z][\w./-]{1,100})(?=[ \t"'@=\n]|$)/gm;
const runner = /\b(?:npx|bunx|pnpm dlx|npm[ \t]+(?:i|install)(?:[ \t]+-g)?)(?:[ \t]+(?:-y|--yes))?[ \t]+$/;
const python = /\b(?:uvx|pip3?[ \t]+install)[ \t]+$/;

/** AI programs that scripts, Dockerfiles and CI start or install. */
export const reader: GateReader = {
  title: 'Commands: AI programs in scripts, Dockerfiles, CI and package.json scripts',
  reads: ({ language, kind, name, path }) =>
    language === 'shell' ||
    name === 'package.json' ||
    (kind === 'config' &&
      /\.ya?ml$/.test(name) &&
      /(?:^|\/)(?:\.github|\.gitlab|\.circleci|ci)|-ci\.|pipelines/.test(path)),
  *read(file, index) {
    const seen = new Set<string>();
    for (const match of file.text.matchAll(command)) {
      const name = match[1] ?? '';
      const before = match[0].slice(0, match[0].length - name.length);
      const rule = runner.test(before)
        ? index.package('npm', name)
        : python.test(before)
          ? index.package('pypi', name)
          : index.package('cli', name);
      if (rule === undefined || seen.has(rule.value)) continue;
      const offset = match.index + match[0].length - name.length;
      if (file.inComment(offset)) continue;
      seen.add(rule.value);
      yield { ...packageTrace('command', rule, file, offset), what: name };
    }
  },
};
