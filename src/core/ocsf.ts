// Open Cybersecurity Schema Framework 1.4.0, https://schema.ocsf.io/1.4.0: what all events that Halflight writes have in common.

export const ocsfVersion = '1.4.0';

/** The classes that are written, with the category of each. */
const classes = {
  base: { category_uid: 0, category_name: 'Uncategorized', class_uid: 0, class_name: 'Base Event' },
  finding: { category_uid: 2, category_name: 'Findings', class_uid: 2004, class_name: 'Detection Finding' },
  resources: {
    category_uid: 5,
    category_name: 'Discovery',
    class_uid: 5023,
    class_name: 'Cloud Resources Inventory Info',
  },
} as const;

export const ocsfSeverities = {
  informational: { severity_id: 1, severity: 'Informational' },
  low: { severity_id: 2, severity: 'Low' },
  medium: { severity_id: 3, severity: 'Medium' },
  high: { severity_id: 4, severity: 'High' },
} as const;

/** What an event has beside its class. */
export interface OcsfCommon {
  activity: { activity_id: number; activity_name: string };
  /** Milliseconds since 1970. */
  time: number;
  severity: keyof typeof ocsfSeverities;
  message: string;
  metadata: Readonly<Record<string, unknown>>;
}

/** The attributes that every class requires. */
export function ocsfBase(
  of: keyof typeof classes,
  { activity, time, severity, message, metadata }: OcsfCommon,
): Record<string, unknown> {
  const kind = classes[of];
  return {
    ...activity,
    ...kind,
    // Type of event: class and activity together, as the framework defines it.
    type_uid: kind.class_uid * 100 + activity.activity_id,
    time,
    ...ocsfSeverities[severity],
    message,
    metadata: { version: ocsfVersion, product: { name: 'Halflight', vendor_name: 'Halflight' }, ...metadata },
  };
}
