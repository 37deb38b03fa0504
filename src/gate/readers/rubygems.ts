import { packageTrace } from '../common/gate-index.js';
import { Packages } from '../common/packages.js';
import type { GateReader } from '../common/reader.js';

const gem =
  /^[ \t]{0,100}(?:gem|\w{1,40}\.add(?:_runtime|_development)?_dependency)[ \t(]{1,5}["']([\w.-]{1,200})["']/gm;
// Entries have four blanks, what they need has six.
const locked = /^ {4}([\w.-]{1,200}) \(/gm;
const required = /^[ \t]{0,100}require[ \t(]{1,5}["']([\w./-]{1,200})["']/gm;

/** Ruby: Bundler, gem specifications, and `require` lines. */
export const reader: GateReader = {
  title: 'RubyGems: Gemfile, *.gemspec, Gemfile.lock, require lines',
  reads: ({ name, language }) => language === 'ruby' || name === 'Gemfile.lock' || name === 'gems.locked',
  isManifest: ({ name }) => name === 'Gemfile' || name.endsWith('.gemspec') || name === 'gems.rb',
  *read(file, index) {
    const packages = new Packages(file, index, 'rubygems');
    if (file.name.language !== 'ruby') {
      for (const match of file.text.matchAll(locked)) packages.add('locked', match[1] ?? '', match.index);
      yield* packages.traces;
      return;
    }
    for (const match of file.text.matchAll(gem))
      if (!file.inComment(match.index)) packages.add('dependency', match[1] ?? '', match.index);
    yield* packages.traces;
    for (const match of file.text.matchAll(required)) {
      const rule = index.gem(match[1] ?? '');
      if (rule !== undefined && !file.inComment(match.index)) yield packageTrace('import', rule, file, match.index);
    }
  },
};
