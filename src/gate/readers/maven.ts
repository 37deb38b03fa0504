import { Packages, untilBroken } from '../common/packages.js';
import type { GateReader } from '../common/reader.js';
import { walkToml } from '../common/toml.js';
import { walkXml } from '../common/xml.js';

const coordinate = /["']([\w.-]{2,200}):([\w.-]{2,200})(?::[^"'\n]{0,200})?["']/g;
const parts = /group\s{0,5}[:=]\s{0,5}["']([\w.-]{2,200})["'],\s{0,20}name\s{0,5}[:=]\s{0,5}["']([\w.-]{2,200})["']/g;
const lockLine = /^([\w.-]{2,200}):([\w.-]{2,200}):[^\n]{1,1000}$/gm;

/** Maven and Gradle. */
export const reader: GateReader = {
  title: 'Maven and Gradle: pom.xml, build.gradle(.kts), libs.versions.toml, gradle.lockfile',
  reads: ({ name }) =>
    name === 'pom.xml' ||
    name === 'gradle.lockfile' ||
    /\.gradle(?:\.kts)?$/.test(name) ||
    /(?:^|\.)versions\.toml$/.test(name),
  isManifest: ({ name }) => name !== 'gradle.lockfile',
  *read(file, index) {
    const packages = new Packages(file, index, 'maven');
    yield* untilBroken(packages, () => {
      const { name } = file.name;
      if (name === 'pom.xml') readPom(file.text, packages);
      else if (name.endsWith('.toml')) readCatalog(file.text, packages);
      else if (name === 'gradle.lockfile')
        for (const match of file.text.matchAll(lockLine))
          packages.add('locked', `${match[1]}:${match[2]}`, match.index);
      else
        for (const pattern of [coordinate, parts])
          for (const match of file.text.matchAll(pattern))
            if (!file.inComment(match.index)) packages.add('dependency', `${match[1]}:${match[2]}`, match.index);
    });
  },
};

function readPom(text: string, packages: Packages): void {
  let [group, artifact] = ['', ''];
  walkXml(text, ({ name, text: value, path, offset }) => {
    if (name === 'dependency') {
      if (group !== '' && artifact !== '') packages.add('dependency', `${group}:${artifact}`, offset);
      [group, artifact] = ['', ''];
    } else if (path.at(-1) !== 'dependency') return;
    else if (name === 'groupId') group = value;
    else if (name === 'artifactId') artifact = value;
  });
}

/** A version catalog: `openai = { module = "com.openai:openai-java", ... }`, or `group` and `name`, or the short form. */
function readCatalog(text: string, packages: Packages): void {
  const groups = new Map<string, string>();
  walkToml(text, ([table, key = '', field], value, offset) => {
    if (table !== 'libraries') return;
    if (field === undefined || field === 'module')
      packages.add('dependency', value.split(':').slice(0, 2).join(':'), offset);
    else if (field === 'group') groups.set(key, value);
    else if (field === 'name') packages.add('dependency', `${groups.get(key) ?? ''}:${value}`, offset);
  });
}
