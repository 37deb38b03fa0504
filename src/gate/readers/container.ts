import { namedTrace } from '../common/gate-index.js';
import type { GateReader } from '../common/reader.js';

// image: x in compose, Kubernetes and CI; FROM x in Dockerfiles; repository: x in Helm values; docker run x is left to scripts.
const image =
  /(?:^|[\s{,])(?:["']?(?:image|repository|uses)["']?\s{0,5}[:=]\s{0,5}|FROM\s{1,5}(?:--\S{1,100}\s{1,5})?)["']?(?:docker:\/\/)?([a-z0-9][\w./:@-]{1,300})/g;

/** Container images: Dockerfiles, compose, Kubernetes, Helm, CI. */
export const reader: GateReader = {
  title: 'Container images: Dockerfile, compose, Kubernetes, Helm values, CI',
  reads: ({ kind, name, language }) =>
    language === 'terraform' || (kind === 'config' && (/\.(?:ya?ml|json)$/.test(name) || /file/i.test(name))),
  *read(file, index) {
    const seen = new Set<string>();
    for (const match of file.text.matchAll(image)) {
      const reference = match[1] ?? '';
      const named = index.image(reference);
      if (named === undefined || seen.has(named.value) || file.inComment(match.index + 1)) continue;
      seen.add(named.value);
      yield namedTrace('image', named, named.value, file, match.index + match[0].length - reference.length);
    }
  },
};
