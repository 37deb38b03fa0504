import { css } from '../../html/markup.js';

/** What the periodic report has beyond the styles of the scan's report, which it shares. */
export const blockStyles = css`
.figures.of-blocks{grid-template-columns:repeat(auto-fit,minmax(10.5rem,1fr))}
.tone-good{color:var(--low)}.tone-warning{color:var(--medium)}.tone-bad{color:var(--high)}
.said{max-width:105ch;margin-bottom:.7rem}
.said.tone-warning,.said.tone-bad{padding:.5rem .8rem;border-left:3px solid currentColor;background:var(--soft)}
.said.tone-warning>bdi,.said.tone-bad>bdi{color:var(--text)}
.said.tone-good{padding-left:.8rem;border-left:3px solid currentColor}
.said.tone-good>bdi{color:var(--text)}
.points{max-width:105ch;margin-bottom:.9rem;padding-left:1.2rem;list-style:disc}
.points li{padding:.12rem 0}
.block{margin:0 0 1.2rem}
.block>.cap,.block>figcaption{margin:1.1rem 0 .35rem;font-size:.8rem;font-weight:650;color:var(--muted)}
caption{caption-side:top;text-align:left;padding:.55rem .7rem .3rem;font-size:.8rem;font-weight:650;color:var(--muted)}
.periodic tbody th{min-width:9rem}
.periodic bdi{overflow-wrap:normal}
.periodic .broken bdi{overflow-wrap:anywhere}
.periodic .broken{min-width:14rem}
.periodic .brief{white-space:nowrap}
.periodic .number{font-variant-numeric:tabular-nums}
.gauge{display:grid;grid-template-columns:fit-content(16rem) minmax(4rem,1fr) fit-content(18rem);gap:.3rem 14px;align-items:center;padding:.7rem 1rem;background:var(--card);border:1px solid var(--line);border-radius:8px;font-size:.88rem}
.gauge>li{display:contents}
.gauge svg{display:block;width:100%;height:16px}
.gauge .amount{text-align:right}
.gauge .amount .sub{display:inline-block;white-space:nowrap;min-width:5.5rem;margin-left:.3rem}
.now{fill:var(--accent)}.then{fill:var(--rest)}
.keys{display:flex;flex-wrap:wrap;gap:2px 16px;margin-top:.35rem;font-size:.8rem;color:var(--muted)}
.key.now{background:var(--accent)}.key.then{background:var(--rest)}
@media (max-width:640px){.gauge{grid-template-columns:minmax(0,1fr) fit-content(60%);padding:.6rem .8rem}.gauge svg{grid-column:1/-1;grid-row:auto;order:0;margin-bottom:.35rem}.gauge>li{display:grid;grid-template-columns:subgrid;grid-column:1/-1;gap:.1rem 10px}.gauge svg{order:3}}
@media print{.gauge{break-inside:avoid}.periodic tbody th,.periodic .broken,.periodic .wide{min-width:0}.periodic bdi{overflow-wrap:anywhere}}
`;
