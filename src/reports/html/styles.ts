import { css } from './markup.js';

/*
 * Colours are variables, so that dark and print only set them anew. Verdicts share one lightness and differ in hue, which keeps every
 * chip readable (contrast of at least 4.5 to 1) in light and dark.
 */

/** Colours, type, the frame of the page and its summary. */
export const styles = css`
:root{color-scheme:light;--bg:#f6f7f9;--card:#fff;--text:#1b1f27;--muted:#566070;--line:#dfe3e9;--soft:#eef0f4;--rail:#e1e5eb;--accent:#3448b8;--act:#d9622b;--rest:#9aa7bd;--high:#b3261e;--medium:#9a5b00;--low:#3f6b46;--chip-l:.955;--chip-c:.035;--chip-t:.4;--chip-tc:.12;--bar-l:.64;--bar-c:.14}
@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark;--bg:#13161c;--card:#1a1e26;--text:#e6e9ef;--muted:#a0a9b8;--line:#2f3541;--soft:#232833;--rail:#333a47;--accent:#a3b4ff;--act:#f08a52;--rest:#5d6b84;--high:#ff8a80;--medium:#f2b457;--low:#8fcf9a;--chip-l:.3;--chip-c:.06;--chip-t:.87;--chip-tc:.08;--bar-l:.68;--bar-c:.13}}
*{box-sizing:border-box}
html{scroll-padding-top:4rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:break-word}
bdi{overflow-wrap:anywhere}
.wrap{max-width:1320px;margin:0 auto;padding:0 24px}
a{color:var(--accent);text-underline-offset:2px}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:3px}
h1,h2,h3,h4,p,ul,ol,dl,dd,figure{margin:0}
ul,ol{padding:0;list-style:none}
h1{font-size:1rem;font-weight:600;color:var(--muted)}
h2{font-size:1.3rem;line-height:1.3;letter-spacing:-.01em;margin-bottom:.5rem}
h3{font-size:1rem;margin:1.6rem 0 .4rem}
h4{font-size:.8rem;font-weight:650;color:var(--muted);margin:1.1rem 0 .35rem}
main>section{padding-top:2.4rem}
.muted,.note,.lead,.none,.more,.vendor,.sub{color:var(--muted)}
.lead{max-width:105ch;margin-bottom:.7rem}
.none,.more,.note{font-size:.87rem}
.more{padding:.35rem 0}
.sub{display:block;font-size:.8rem}
pre,code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.92em}
td,th,dd,li{unicode-bidi:isolate}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-999px;top:0;padding:.5rem 1rem;background:var(--card);z-index:3}
.skip:focus{left:0}
.top{position:sticky;top:0;z-index:2;background:var(--card);border-bottom:1px solid var(--line)}
.top .wrap{display:flex;align-items:center;gap:6px 28px;flex-wrap:wrap;padding-top:9px;padding-bottom:9px}
.brand{display:flex;align-items:center;gap:8px;font-weight:650}
.brand svg{width:18px;height:18px}
.dark-half{fill:#3f51c4}.light-half{fill:#f4c95d}
nav ul{display:flex;flex-wrap:wrap;gap:2px 18px}
nav a{color:var(--muted);text-decoration:none;font-size:.9rem}
nav a:hover{color:var(--text);text-decoration:underline}
.answer{font-size:1.35rem;line-height:1.35;letter-spacing:-.01em;font-weight:600;max-width:78ch;margin:.3rem 0 .5rem;text-wrap:pretty}
.meta{color:var(--muted);font-size:.87rem}
.doubts{margin-top:.9rem;padding:.5rem .8rem;border-left:3px solid var(--medium);background:var(--soft);font-size:.9rem}
.figures{display:grid;grid-template-columns:repeat(6,1fr);gap:1px;margin:1.3rem 0;background:var(--line);border:1px solid var(--line);border-radius:8px;overflow:hidden}
.figure{display:flex;flex-direction:column;background:var(--card);padding:.8rem 1rem}
.figure dt{order:2;font-size:.87rem}
.figure dd{order:1;font-size:1.65rem;line-height:1.2;font-weight:650;letter-spacing:-.02em}
.figure .note{order:3;font-size:.8rem;font-weight:400;letter-spacing:0;line-height:1.4}
.figure.acting dd:not(.note){color:var(--high)}
.columns{display:grid;grid-template-columns:minmax(0,1.25fr) minmax(0,1fr);gap:16px;align-items:start}
.side{display:grid;gap:16px}
.card{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:1rem 1.2rem}
.card h2{font-size:1.05rem}
.look{counter-reset:look}
.look li{counter-increment:look;position:relative;padding:.75rem 0 .75rem 2rem;border-top:1px solid var(--line)}
.look li:first-child{border-top:0;padding-top:.3rem}
.look li::before{content:counter(look);position:absolute;left:0;width:1.4rem;height:1.4rem;line-height:1.4rem;text-align:center;border-radius:50%;background:var(--soft);font-size:.8rem;font-weight:650}
.look p{font-size:.92rem;margin-top:.2rem}
.look .next{font-size:.85rem}
.line{display:flex;flex-wrap:wrap;align-items:center;gap:2px 10px;font-size:.9rem}
.line .name{font-weight:650;font-size:1.02rem}
.line .risk{margin-left:auto}
.calm{padding:1rem 0}
.chip{display:inline-block;padding:0 .5rem;border-radius:4px;font-size:.8rem;line-height:1.55;font-weight:600;white-space:nowrap;color:oklch(var(--chip-t) calc(var(--chip-tc)*var(--k,1)) var(--h));background:oklch(var(--chip-l) calc(var(--chip-c)*var(--k,1)) var(--h));box-shadow:inset 3px 0 oklch(var(--bar-l) calc(var(--bar-c)*var(--k,1)) var(--h));padding-left:.65rem}
rect[class^=v-]{fill:oklch(var(--bar-l) calc(var(--bar-c)*var(--k,1)) var(--h))}
.v-denied{--h:25;--k:1.35}.v-retired{--h:325}.v-wrong-account{--h:358}.v-out-of-scope{--h:75}.v-lapsed{--h:100}.v-unregistered{--h:45;--k:1.2}.v-in-review{--h:285}.v-excepted{--h:240}.v-conditional{--h:195}.v-sanctioned{--h:150}.v-attempted{--h:260;--k:.15}
.risk{display:inline-grid;grid-template-columns:auto 1fr;width:6rem;gap:0 5px;align-items:baseline;white-space:nowrap;font-size:.85rem}
.risk b{font-size:1.02rem}
.risk .bar{grid-column:1/-1;height:4px}
.bar{display:block;width:100%;min-width:40px;height:6px;border-radius:2px;overflow:hidden;background:var(--rail);fill:var(--accent)}
.r-high .bar{fill:var(--high)}.r-medium .bar{fill:var(--medium)}.r-low .bar{fill:var(--low)}
.risk.r-high{color:var(--high)}.risk.r-medium{color:var(--medium)}.risk.r-low{color:var(--low)}
.chart{font-size:.8rem}
.legend{display:flex;flex-wrap:wrap;gap:2px 16px;color:var(--muted)}
.unit{margin-left:auto}
.key{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:6px}
.key.act{background:var(--act)}.key.rest{background:var(--rest)}
.plot{display:block;height:185px;width:calc(100% - 40px);margin:6px 0 0 40px;overflow:visible}
rect.act{fill:var(--act)}rect.rest{fill:var(--rest)}
.plot g:hover rect{opacity:.75}
.grid{stroke:var(--line)}.axis{stroke:var(--muted)}
.tick,.value{font-size:12px;fill:var(--muted)}
.value{fill:var(--text);font-weight:600}
.verdicts{display:grid;grid-template-columns:auto minmax(0,1fr);gap:0 12px}
.verdicts li{height:26px;line-height:26px}
.verdicts a{text-decoration:none}
.verdicts a:hover .chip{text-decoration:underline}
.bars{display:block;width:100%}
@media (max-width:1000px){.columns{grid-template-columns:minmax(0,1fr)}.figures{grid-template-columns:repeat(3,1fr)}}
@media (max-width:640px){.wrap{padding:0 14px}.figures{grid-template-columns:repeat(2,1fr)}.answer{font-size:1.2rem}.top{position:static}html{scroll-padding-top:1rem}.card{padding:.8rem .9rem}}
`;
