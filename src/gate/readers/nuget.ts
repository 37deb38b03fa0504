import { walkJson } from '../common/json.js';
import { parents } from '../common/package-names.js';
import { Packages, untilBroken } from '../common/packages.js';
import type { GateReader } from '../common/reader.js';
import { walkXml } from '../common/xml.js';

const project = /\.(?:csproj|fsproj|vbproj|props|targets)$|^packages\.config$/i;
const locks = new Set(['packages.lock.json', 'project.assets.json']);
const imported =
  /^[ \t]{0,100}(?:global[ \t]+)?(?:using|open|Imports)[ \t]+(?:static[ \t]+)?(?:\w{1,100}[ \t]{0,5}=[ \t]{0,5})?([A-Za-z_][\w.]{1,300})[ \t]{0,5};?/gm;

/** .NET: projects, central versions, and `using` lines. A name space belongs to the package whose id begins it. */
export const reader: GateReader = {
  title: 'NuGet: *.csproj, *.fsproj, *.vbproj, *.props, packages.config, packages.lock.json, using lines',
  reads: ({ name, language }) => language === 'dotnet' || locks.has(name) || project.test(name),
  isManifest: ({ name }) => project.test(name),
  *read(file, index) {
    const packages = new Packages(file, index, 'nuget');
    const { name, language } = file.name;
    if (language === 'dotnet') {
      for (const match of file.text.matchAll(imported))
        for (const parent of parents(match[1] ?? '', '.'))
          if (index.package('nuget', parent) !== undefined) {
            if (!file.inComment(match.index)) packages.add('import', parent, match.index);
            break;
          }
      yield* packages.traces;
      return;
    }
    yield* untilBroken(packages, () => {
      if (locks.has(name))
        walkJson(file.text, ([section, , key = '', field], _, offset) => {
          if (section === 'dependencies' && field !== undefined) packages.add('locked', key, offset);
          else if (section === 'targets') packages.add('locked', key.split('/')[0] ?? '', offset);
        });
      else
        walkXml(file.text, ({ name: tag, attributes, offset }) => {
          if (tag === 'PackageReference' || tag === 'PackageVersion' || tag === 'GlobalPackageReference')
            packages.add('dependency', attributes.get('Include') ?? attributes.get('Update') ?? '', offset);
          else if (tag === 'package') packages.add('dependency', attributes.get('id') ?? '', offset);
        });
    });
  },
};
