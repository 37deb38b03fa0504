import type { NudgeSubject } from './choose.js';

/** What a mail says beside its subject. */
export interface NudgeWords {
  askUrl?: string | undefined;
  /** Whom to ask. */
  contact?: string | undefined;
}

/** The words of a mail: they name the service, the day and what is approved, and nobody. */
export interface NudgeText {
  headline: string;
  paragraphs: readonly string[];
}

const reasons: Readonly<Record<string, string>> = {
  denied: 'It was decided that it is not to be used here.',
  retired: 'It is no longer to be used here.',
  'wrong-account': 'It is approved here, with an account of the organisation only; this looks like another one.',
  'out-of-scope': 'It is approved here, and not for the group that you belong to.',
  unregistered: 'Nobody has looked at it yet, so it is not approved here.',
};

/** A mail about one use of one service. */
export function nudgeText(
  { service, verdict, day, alternatives }: NudgeSubject,
  { askUrl, contact }: NudgeWords,
): NudgeText {
  const ask = [
    ...(askUrl === undefined ? [] : [`Do you need it for your work? Ask for it: ${new URL(askUrl).href}`]),
    ...(contact === undefined ? [] : [`Questions, or is this a mistake? Ask ${contact}.`]),
  ];
  return {
    headline: `${service.name} is not approved for your use`,
    paragraphs: [
      `On ${day} you used ${service.name} (${service.vendor.name}), as the records of the network or of a sign-in say. ${reasons[verdict] ?? ''}`.trim(),
      alternatives.length === 0
        ? 'Nothing of its kind is approved for you yet.'
        : `Approved for you instead: ${alternatives.join(', ')}.`,
      ...ask,
      'This is a hint to you alone: it went to nobody else, and you get at most one a week and none twice about the same service.',
    ],
  };
}
