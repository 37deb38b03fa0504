/** Lower case, without accents, single blanks: how headers and answers are compared. */
const folded = (text: string): string =>
  text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('ß', 'ss').replace(/\s+/g, ' ').trim();

/** What a column of a survey can hold. */
export type SurveyRole = 'email' | 'name' | 'employeeId' | 'date' | 'account' | 'frequency' | 'purpose' | 'tools';

/** Header names that mean one thing, as `folded` writes them. English, German, French, Spanish. */
const exact: Readonly<Record<Exclude<SurveyRole, 'account' | 'frequency' | 'purpose' | 'tools'>, string>> = {
  email:
    'email|e-mail|email address|e-mail address|mail|username|user name|upn|e-mail-adresse|e-mailadresse|adresse e-mail|courriel|correo electronico|correo',
  name: 'name|full name|your name|employee|employee name|display name|respondent|vor- und nachname|nom|nom complet|nombre|nombre completo',
  employeeId:
    'employee id|employee number|staff id|staff number|personnel number|personnel no|personalnummer|matricule|numero de empleado',
  date: 'completion time|timestamp|submitted|submitted at|submit date|submission date|date|date submitted|response date|start time|zeitstempel|abschlusszeit|fertigstellungszeit|datum|startzeit|horodateur|heure de fin|date de reponse|marca temporal|hora de finalizacion|fecha',
};
const byName = new Map(
  Object.entries(exact).flatMap(([role, names]) => names.split('|').map((name) => [name, role as SurveyRole] as const)),
);

/** Questions by their words, the more telling first: one that asks with which account names tools as well. */
const questions: readonly (readonly [SurveyRole, RegExp])[] = [
  ['account', /\b(?:accounts?|licen[cs]es?|konto|konten|lizenz|compte|licence|cuentas?)\b/],
  ['frequency', /\b(?:how often|how frequently|frequency|haufig\w*|wie oft|frequence|souvent|frecuencia)\b/],
  [
    'purpose',
    /\b(?:purpose|what for|use cases?|tasks?|wofur|zweck|aufgaben|usages?|proposito|para que)\b|\bfor what\b|\bwhat do you use .* for\b/,
  ],
  [
    'tools',
    /^(?:other )?(?:(?:ai|ki|ia|genai|gen ai)[ -])?(?:tools?|apps?|assistants?|services?|products?)(?: used| in use)?$|\b(?:which|what|list|select|name|welche\w*|quels?|quelles?|que)\b.*\b(?:tools?|ai|ki|ia|assistants?|apps?|services?|products?|programs?|werkzeuge?|outils?|herramientas?)\b/,
  ],
];

const yes = /^(?:yes|y|x|1|true|ja|oui|si|checked|used?|i use it)$/;
const often =
  /^(?:always|often|very often|sometimes|rarely|seldom|occasionally|regularly|frequently|daily|weekly|monthly|yearly|(?:once|twice|several times|a few times|multiple times|\d+ times) (?:a|per) (?:day|week|month|year)|every (?:day|week|month)|taglich|wochentlich|monatlich|oft|manchmal|selten|gelegentlich|toujours|souvent|parfois|rarement|siempre|a menudo|a veces|raramente)$/;
const no =
  /^(?:no|n|0|false|never|not used|not at all|don'?t use(?: it)?|do not use|nein|nie|niemals|non|jamais|nunca|unknown|don'?t know|-)?$/;

/** What an answer says of the use of one tool: `undefined`: it is none of the usual words. */
export function usesIt(answer: string): boolean | undefined {
  const text = folded(answer.slice(0, 60));
  if (no.test(text)) return false;
  return yes.test(text) || often.test(text) ? true : undefined;
}

const privately =
  /\b(?:private\w*|privat\w*|personal\w*|personn?el\w*|personlich\w*|my own|own account|prive\w*|privad\w*)\b/;
const atWork =
  /\b(?:work|company|business|corporate|enterprise|employer|official|professional|organi[sz]ation|firmen\w*|firma|dienstlich\w*|geschaftlich\w*|arbeit\w*|entreprise|professionnel\w*|empresa|trabajo)\b/;

/** Whose account an answer names; undefined where it names both or neither. */
export function accountOf(answer: string): 'enterprise' | 'personal' | undefined {
  const text = folded(answer.slice(0, 200));
  const [own, work] = [privately.test(text), atWork.test(text)];
  return own === work ? undefined : own ? 'personal' : 'enterprise';
}

/** Columns of a survey. Several may name tools; `each`: a tool of its own to a column, which answers whether it is used. */
export interface SurveyColumns {
  index: ReadonlyMap<SurveyRole, number>;
  tools: readonly number[];
  each: readonly { index: number; tool: string }[];
}

/** The part in brackets, or the whole: a grid is exported as `How often do you use ... [ChatGPT]`. */
function toolOf(header: string): string | undefined {
  const bracket = /\[([^[\]]{1,60})\]\s*$/.exec(header.slice(0, 400))?.[1];
  const text = (bracket ?? header).trim();
  if (text.length > 40 || text.split(/\s+/).length > 4 || /[?:]/.test(text)) return undefined;
  return /^(?:id|others?|none|sonstige\w*|andere|keine|autres?|aucun|points?.*|feedback.*|total.*|language|sprache)?$/i.test(
    text,
  )
    ? undefined
    : text;
}

/** Reads a header. `rows`: the first answers, which tell columns of single tools. Undefined: it is no survey of tools. */
export function surveyColumns(
  fields: readonly string[],
  rows: readonly (readonly string[])[],
): SurveyColumns | undefined {
  const index = new Map<SurveyRole, number>();
  const tools: number[] = [];
  const each: { index: number; tool: string }[] = [];
  for (const [at, field] of fields.entries()) {
    const name = folded(field.slice(0, 400));
    const role = byName.get(name) ?? questions.find(([, words]) => words.test(name))?.[0];
    const answers = rows.flatMap((row) => (row[at] === undefined || row[at]?.trim() === '' ? [] : [row[at] ?? '']));
    const tool = role === undefined || field.includes('[') ? toolOf(field) : undefined;
    if (tool !== undefined && answers.length > 0 && answers.every((answer) => usesIt(answer) !== undefined))
      each.push({ index: at, tool });
    // One line of a grid speaks of that line alone.
    else if (/\[[^[\]]*\]\s*$/.test(field.slice(-100))) continue;
    else if (role === 'tools') tools.push(at);
    else if (role !== undefined && (!index.has(role) || name === 'completion time')) index.set(role, at);
  }
  const who = index.has('email') || index.has('name') || index.has('employeeId');
  if (!(who || index.has('date')) || (tools.length === 0 && each.length < 2)) return undefined;
  return { index, tools, each };
}
