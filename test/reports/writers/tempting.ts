import type { ReportDocument } from '../../../src/reports/blocks/block.js';
import { hostileDocument } from './hostile.js';
import { mapTexts } from './texts.js';

/** A report in which every text asks for a file, or for an address inside, in one of the ways in which writers have been made to read them. */
export function tempting(decoy: string): ReportDocument {
  const asks = [
    `<img src="file://${decoy}">`,
    `<iframe src="file://${decoy}"></iframe>`,
    `<svg xmlns="http://www.w3.org/2000/svg"><image href="file://${decoy}"/></svg>`,
    `<link rel="attachment" href="file://${decoy}">`,
    `![x](${decoy})`,
    decoy,
    `file://${decoy}`,
    `{"image":"${decoy}"}`,
    `data:image/png;base64,${Buffer.from(decoy).toString('base64')}`,
    'http://169.254.169.254/latest/meta-data/',
    'http://127.0.0.1:9/x.png',
    '<img src="http://127.0.0.1:9/x.png">',
    '@import url(http://127.0.0.1:9/x.css);',
    `=WEBSERVICE("http://127.0.0.1:9/")`,
    `<!DOCTYPE a [<!ENTITY x SYSTEM "file://${decoy}">]><a>&x;</a>`,
  ];
  let next = 0;
  return mapTexts(hostileDocument(), () => asks[next++ % asks.length] ?? '');
}
