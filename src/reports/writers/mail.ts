import type { ReportDocument } from '../blocks/block.js';
import { each, html, type Markup, nothing, visible } from '../html/markup.js';
import { slice } from '../html/text.js';
import { wrap } from '../text-width.js';
import { said } from './common/html-blocks.js';
import { mailBlock } from './common/mail-blocks.js';
import { plainText } from './common/plain.js';
import { type Limits, shorten, steps, whole } from './common/shorten.js';
import { aboutTitle } from './common/words.js';
import { utf8, type Writer } from './common/writer.js';

/** Gmail cuts a mail off at 102 kB, and hides what is below behind a link. */
const mostBytes = 100_000;

/** A mail's HTML: layout by tables, styles at the elements, nothing to load and no link; short enough to be shown in full. */
export const writer: Writer = {
  title: 'Mail (HTML)',
  mediaType: 'text/html; charset=utf-8',
  extension: 'html',
  write: async (document) => fitting(document),
};

/** What a mail needs besides its HTML. */
export interface MailWords {
  subject: string;
  /** The plain part, for readers that show no HTML; as short as the HTML is. */
  text: string;
}

/** Subject and plain part. Both are plain text on its way into a mail: whoever sends it encodes them for the headers. */
export function mailWords(document: ReportDocument): MailWords {
  for (const { limits, short } of shortened(document)) {
    const text = plainText(short, plainWidth);
    const notice = limits === whole ? '' : `\n${wrap(shortenedWords, plainWidth).join('\n')}\n`;
    if (utf8(text).length + notice.length <= mostBytes) return { subject: subjectOf(document), text: text + notice };
  }
  return { subject: subjectOf(document), text: `${wrap(shortenedWords, plainWidth).join('\n')}\n` };
}

/** The report as it is, then shorter and shorter; what is far too long is passed over without being drawn. */
function* shortened(document: ReportDocument): Iterable<{ limits: Limits; short: ReportDocument }> {
  for (const limits of steps) {
    const short = shorten(document, limits);
    if (JSON.stringify(short).length <= mostBytes * 3) yield { limits, short };
  }
}

/** Lines of a mail have 78 characters at most (RFC 5322); a reply takes two. */
const plainWidth = 76;

const shortenedWords = 'This mail is shortened, so that mail readers show all of it. The report itself has everything.';

const subjectOf = ({ title }: ReportDocument): string => slice(visible(title), 200);

function fitting(document: ReportDocument): Uint8Array {
  let bytes = utf8('');
  for (const { limits, short } of shortened(document)) {
    bytes = utf8(mail(short, limits !== whole).toString());
    if (bytes.length <= mostBytes) break;
  }
  return bytes;
}

function mail({ title, subtitle, answer, about, blocks }: ReportDocument, shortened: boolean): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">
<title>${title}</title>
</head>
<body bgcolor="#f6f7f9" style="margin:0;padding:0;background:#f6f7f9">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f6f7f9"><tr><td align="center">
<table role="presentation" width="640" cellpadding="0" cellspacing="0" border="0" bgcolor="#ffffff" style="width:100%;max-width:640px;background:#ffffff"><tr><td align="left" style="padding:18px 14px;font:14px/1.45 Arial,sans-serif;color:#1b1f27;word-break:break-word">
<h1 style="margin:0 0 6px;font:bold 20px/1.35 Arial,sans-serif;color:#1b1f27">${said(answer)}</h1>
<p style="margin:0 0 14px;font:13px/1.45 Arial,sans-serif;color:#566070"><b>${said(title)}</b><br>${said(subtitle)}</p>
${shortened ? html`<p style="margin:0 0 14px;font:13px/1.45 Arial,sans-serif;color:#566070">${shortenedWords}</p>\n` : nothing}${each(blocks, (block) => html`${mailBlock(block)}\n`)}
<h2 style="margin:22px 0 6px;font:bold 13px/1.3 Arial,sans-serif;color:#566070">${aboutTitle}</h2>
<table role="presentation" width="100%" cellpadding="2" cellspacing="0" border="0">${each(about, ({ label, value }) => html`<tr><td width="24%" valign="top" style="font:12px/1.4 Arial,sans-serif;color:#566070">${said(label)}</td><td valign="top" style="font:12px/1.4 Arial,sans-serif;color:#1b1f27">${said(value)}</td></tr>`)}</table>
<p style="margin:18px 0 0;font:12px/1.4 Arial,sans-serif;color:#566070">Halflight</p>
</td></tr></table>
</td></tr></table>
</body>
</html>
`;
}
