/** How comments and strings are written: enough to tell a literal from a remark. */
export type Syntax = 'c' | 'hash' | 'python' | 'xml' | 'dashes' | 'hcl' | 'php' | 'json' | 'ini' | 'plain';

/**
 * What a file is to the gate. `code`: names count in string literals. `config`: names count wherever they stand. `lock`: for the reader of
 * its ecosystem alone. `prose`: documentation and data, which name much and use nothing; only keys count.
 */
export type Kind = 'code' | 'config' | 'lock' | 'prose';

export type Language =
  | 'javascript'
  | 'python'
  | 'go'
  | 'jvm'
  | 'dotnet'
  | 'rust'
  | 'ruby'
  | 'php'
  | 'notebook'
  | 'shell'
  | 'terraform'
  | 'other';

interface Type {
  kind: Kind;
  syntax: Syntax;
  language: Language;
}

const type = (kind: Kind, syntax: Syntax, language: Language = 'other'): Type => ({ kind, syntax, language });

const types = new Map<string, Type>();
const add = (what: Type, extensions: string): void => {
  for (const extension of extensions.split(' ')) types.set(extension, what);
};
add(type('code', 'c', 'javascript'), 'js jsx mjs cjs ts tsx mts cts vue svelte astro');
add(type('code', 'python', 'python'), 'py pyi pyw');
add(type('code', 'json', 'notebook'), 'ipynb');
add(type('code', 'c', 'go'), 'go');
add(type('code', 'c', 'jvm'), 'java kt kts scala groovy gradle');
add(type('code', 'c', 'dotnet'), 'cs fs fsx vb cshtml razor');
add(type('code', 'c', 'rust'), 'rs');
add(type('code', 'hash', 'ruby'), 'rb rake gemspec ru erb');
add(type('code', 'php', 'php'), 'php');
add(type('code', 'c'), 'c h cc cpp cxx hpp m mm swift dart css scss less sol proto bicep zig');
add(type('code', 'hash'), 'pl pm r ex exs jl nim elixir');
add(type('code', 'dashes'), 'sql lua hs elm');
add(type('config', 'hash', 'shell'), 'sh bash zsh fish ps1 psm1 bat cmd mk');
add(type('config', 'hash'), 'yaml yml toml env conf');
add(type('config', 'ini'), 'ini cfg properties service');
add(type('config', 'json'), 'json jsonc json5');
add(type('config', 'hcl', 'terraform'), 'tf tfvars hcl');
add(type('config', 'xml'), 'xml config csproj fsproj vbproj props targets plist html htm xhtml');
add(
  type('prose', 'plain'),
  'md mdx markdown rst adoc asciidoc txt org tex textile csv tsv log patch diff svg snap po pot xlf out lst srt vtt ics eml',
);
add(type('lock', 'plain'), 'lock lockfile');

const lockFiles = new Set([
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'packages.lock.json',
  'project.assets.json',
  'go.sum',
]);
const other = type('config', 'hash');
const dockerfile = type('config', 'hash', 'shell');
const prose = type('prose', 'plain');
/** Names of plain text that is a manifest all the same. */
const requirements = /^(?:.*requirements.*|constraints.*)\.(?:txt|in)$/;

/** The type of a file, from its name alone. */
export function typeOf(name: string): Type {
  const lower = name.toLowerCase();
  if (lockFiles.has(lower)) return type('lock', 'plain');
  if (requirements.test(lower)) return other;
  if (/^(?:readme|license|licence|notice|changelog|changes|authors|contributors|copying)\b/.test(lower)) return prose;
  if (/^(?:.*\.)?(?:docker|container)file(?:\..*)?$/.test(lower)) return dockerfile;
  if (/^\.env(?:\..*)?$|\.env(?:\.[a-z]+)?$|^env\.(?:example|sample|template)$/.test(lower)) return other;
  if (lower === 'go.mod') return type('config', 'c');
  if (/^(?:makefile|justfile|procfile)$/.test(lower)) return dockerfile;
  if (/^(?:gemfile|rakefile|guardfile|podfile|fastfile)$/.test(lower)) return type('code', 'hash', 'ruby');
  return types.get(lower.slice(lower.lastIndexOf('.') + 1)) ?? other;
}

const binary = new Set(
  (
    'png jpg jpeg gif webp avif ico bmp tif tiff psd heic mp3 mp4 m4a wav ogg flac avi mov webm mkv woff woff2 ttf otf eot ' +
    'zip gz tgz bz2 xz zst 7z rar jar war ear class o a so dylib dll exe lib pdb obj pyc pyo wasm pdf doc docx xls xlsx ppt pptx ' +
    'bin dat db sqlite sqlite3 parquet arrow npy npz pkl pt pth onnx safetensors gguf h5 tflite dmg iso img deb rpm apk nupkg ' +
    'whl egg keystore jks p12 pfx der crt map'
  ).split(' '),
);

/** Whether the name says that nothing readable is inside (source maps are output, not source). */
export const isBinaryName = (name: string): boolean =>
  binary.has(name.slice(name.lastIndexOf('.') + 1).toLowerCase()) && name.includes('.');
