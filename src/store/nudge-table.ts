/** A mail to a person: what is kept for the limits, and nothing more. */
export interface NudgeTable {
  /** Pseudonym. */
  person: string;
  service: string;
  /** `YYYY-MM-DD`: when it was decided. */
  day: string;
}
