import { css } from './markup.js';

/*
 * On paper everything is unfolded: `::details-content` is the box that closed details hide, and the rule for children serves browsers that hide
 * those instead. The colours of the screen's dark side never apply, since they are set for screens only.
 */
export const printStyles = css`
@page{size:A4;margin:13mm 11mm}
@media print{
:root{--bg:#fff;--card:#fff}
html{font-size:9pt}
body{font-size:9pt;line-height:1.4}
.wrap{max-width:none;padding:0}
.top{position:static;border:0}
nav,.skip{display:none}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
details::details-content{content-visibility:visible!important;display:block!important;height:auto!important;overflow:visible!important}
details>*{display:block!important}
details>.detail{display:grid!important}
summary::before,summary::marker{display:none;content:none}
details:not([open]) .why{display:block;overflow:visible}
main>section{padding-top:1.2rem}
.answer{font-size:15pt}
.columns{grid-template-columns:minmax(0,1fr)}
.side{grid-template-columns:repeat(2,minmax(0,1fr))}
.figures{grid-template-columns:repeat(3,1fr)}
.findings>thead .number{width:5rem}.c-account{width:5.4rem}.c-day,.c-days{width:6rem}.c-risk{width:6.6rem}.risk{width:5.4rem}
.findings>thead{display:table-row-group}
.evidence td:nth-child(2){min-width:8.6rem}.evidence td:nth-child(3){min-width:11rem}
.half .scroll table{font-size:.8rem}
.findings{border-radius:0}
th,td{padding:.25rem .4rem}
.detail{gap:0 18px}
.scroll{overflow:visible}
.wide{min-width:0}
thead{display:table-header-group}
tr,li,.figure,.card,.half>h4,.chart,dl>div{break-inside:avoid}
.findings .more-row{break-inside:auto;break-before:avoid}
.card.first{break-inside:auto}
h2,h3,h4,.lead{break-after:avoid}
.group>h3{break-after:avoid}
a{color:inherit;text-decoration:none}
}
`;
