/** The package of an import in JavaScript: `@scope/name/x` -> `@scope/name`, `npm:openai@4` -> `openai`. Undefined for files and URLs. */
export function npmPackage(specifier: string): string | undefined {
  const text = specifier.startsWith('npm:') ? specifier.slice(4) : specifier;
  const match = /^(?:@[\w.~-]{1,128}\/)?[\w~-][\w.~-]{0,213}/.exec(text);
  const rest = match === null ? '' : text.slice(match[0].length);
  return match === null || !(rest === '' || rest.startsWith('/') || rest.startsWith('@')) ? undefined : match[0];
}

/** A dotted name and its parents, longest first: `a.b.c`, `a.b`, `a`. At most 8 parts are looked at. */
export function* parents(name: string, separator: string): Generator<string> {
  const parts = name.split(separator, 8);
  for (let length = parts.length; length > 0; length--) yield parts.slice(0, length).join(separator);
}
