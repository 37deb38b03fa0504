import { css } from './markup.js';

/** Tables, the rows of findings, and what they open to. */
export const tableStyles = css`
table{border-collapse:collapse;width:100%;font-size:.88rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .7rem;font-weight:400}
thead th{font-size:.79rem;font-weight:600;color:var(--muted);white-space:nowrap;border-bottom:1px solid var(--line);overflow-wrap:normal}
.scroll td,.scroll tbody th{border-bottom:1px solid var(--line)}
.scroll tbody tr:last-child>*{border-bottom:0}
.scroll{overflow-x:auto;overflow-wrap:break-word;background:var(--card);border:1px solid var(--line);border-radius:8px}
.detail .scroll{background:none;border-radius:6px}
.scroll tbody th{min-width:10rem}
.inputs .wide{min-width:11rem}
#candidates tbody th{min-width:13rem}
.number{text-align:right}
td.number{white-space:nowrap}
.wide{min-width:14rem}
time{white-space:nowrap}
.reasons{font-size:.84rem;color:var(--muted)}
.blind,.bad{color:var(--high);font-weight:600}
.bad{font-size:.85rem;font-weight:400;min-width:14rem}
.problems li{padding:.25rem 0;border-bottom:1px solid var(--line)}
.group{padding-top:1.1rem}
.group h3{display:flex;gap:10px;align-items:center;margin:0 0 .15rem}
.group .lead{max-width:none;font-size:.88rem;margin-bottom:.45rem}
.findings{table-layout:fixed;overflow-wrap:anywhere;background:var(--card);border:1px solid var(--line);border-collapse:separate;border-spacing:0;border-radius:8px}
.findings>tbody>tr:first-child>*{padding-bottom:.1rem;border-top:1px solid var(--line)}
.findings>thead th{border-bottom:0}
.findings .name{font-weight:650;font-size:.95rem}
.findings>thead .number{width:6.6rem}
.c-account{width:6.6rem}.c-risk{width:7rem}.c-day{width:6.6rem}.c-days{width:11rem}
.findings .row td:nth-child(7){padding-top:.55rem}
.number .sub{white-space:normal}
.more-row>td{padding-top:0}
tbody:has(:target){background:var(--soft)}
summary{cursor:pointer;display:flex;gap:8px;color:var(--muted);padding:.1rem 0 .2rem;border-radius:3px}
summary::before{content:"";flex:none;width:7px;height:7px;margin:.42rem 2px 0 1px;border:solid currentColor;border-width:0 1.6px 1.6px 0;transform:rotate(-45deg)}
details[open]>summary::before{transform:rotate(45deg)}
summary::-webkit-details-marker{display:none}
summary:hover{color:var(--text)}
details:not([open]) .why{display:-webkit-box;-webkit-line-clamp:2;-webkit-box-orient:vertical;overflow:hidden}
details[open] .why{color:var(--text)}
.detail{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:0 32px;padding:0 .2rem .9rem 1.1rem;scroll-margin-top:9.5rem}
.detail .scroll table{font-size:.84rem}
.detail th,.detail td{padding:.3rem .6rem}
.evidence{grid-column:1/-1}
.evidence td:nth-child(2){min-width:9.4rem}
.evidence td:nth-child(3){min-width:13rem}
.facts>div{display:grid;grid-template-columns:9rem minmax(0,1fr);gap:0 12px;padding:.12rem 0}
.facts dt{color:var(--muted)}
.factors li{display:grid;grid-template-columns:2.6rem 5.5rem minmax(0,1fr);gap:0 10px;padding:.2rem 0}
.factors li>b{text-align:right}
small{font-size:1em;color:var(--muted)}
.factors .bar{margin-top:.5rem}
.signals li{padding:.15rem 0}
.spark{display:block;width:100%;height:20px}
.spark.large{height:44px;border-bottom:1px solid var(--line)}
.used{fill:var(--accent)}.tried{fill:var(--rest)}
.ends{display:flex;justify-content:space-between;font-size:.8rem;color:var(--muted)}
pre{margin:.3rem 0 0;padding:.4rem .6rem;background:var(--bg);border-radius:4px;white-space:pre-wrap}
pre code{display:block;font-size:1em}
footer{margin-top:3rem;padding:1.6rem 0 2.4rem;border-top:1px solid var(--line);background:var(--card);font-size:.88rem}
@media (max-width:1100px){.c-account{width:5.2rem}.c-risk{width:5.8rem}.findings>thead .number{width:4.9rem}.c-days{width:4.6rem}.c-day{width:5.7rem}.findings>thead th,.row>*{padding-left:.4rem;padding-right:.4rem}.risk{width:5rem}}
@media screen and (max-width:860px){
.findings,.findings>tbody,.findings>tbody>tr,.findings>tbody>tr>*{display:block}
.findings>thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.findings>tbody{border-top:1px solid var(--line);padding:.5rem .2rem}
.findings>tbody:first-of-type{border-top:0}
.findings .row{display:flex;flex-wrap:wrap;gap:.1rem 1rem;padding:0 .6rem}
.findings .row>*{padding:0;border:0;width:auto;text-align:left}
.findings .row>th{flex:1 0 100%}
.findings>tbody>tr:first-child>*{border-top:0}
.findings .row td::before{color:var(--muted);font-size:.8rem}
.findings .row td:nth-child(2)::before{content:"Account "}.findings .row td:nth-child(4)::before{content:"People "}.findings .row td:nth-child(5)::before{content:"Events "}.findings .row td:nth-child(6)::before{content:"Sent "}.findings .row td:nth-child(7)::before{content:"Trend "}.findings .row td:nth-child(8)::before{content:"First "}.findings .row td:nth-child(9)::before{content:"Last "}
.findings .row td:nth-child(7){flex:1 0 100%;display:flex;gap:.5rem;align-items:center;padding:.2rem 0}
.findings .row .spark{width:10rem}
.scroll tbody th,#candidates tbody th{min-width:6rem}
.findings .sub{display:inline;margin-left:.25rem}
.more-row>td{padding:.1rem .6rem 0}
.detail{grid-template-columns:minmax(0,1fr);padding-left:0;scroll-margin-top:17rem}
.facts>div{grid-template-columns:7rem minmax(0,1fr)}
.factors li{grid-template-columns:2.4rem 3rem minmax(0,1fr)}
}
`;
