import type { AccountKind } from './hit.js';

// What browsers and other agents tell of use (docs/browser-extension.md), and the records that the receiver makes of it.

/** Version of the batches that agents send and of the records that they become. */
export const telemetryVersion = '1';

/** What an agent can tell. */
export const telemetryTypes = ['visit', 'upload', 'paste', 'sign-in', 'extensions'] as const;
export type TelemetryType = (typeof telemetryTypes)[number];

/** An extension that is installed in the browser. */
export interface InstalledExtension {
  id: string;
  version?: string | undefined;
  enabled: boolean;
}

/** Who an enrolled installation is, as the server knows it. Nothing that a batch says is in here. */
export interface TelemetrySender {
  /** Id that the server gave at enrolment. */
  device: string;
  /** User whom managed policy or an administrator named. */
  user: string | undefined;
  /** Name of the machine that managed policy or an administrator gave. */
  deviceName: string | undefined;
  /** The source keeps no identities: claims are not kept either. */
  anonymous: boolean;
}

/** The key by which a record is known, and its version. */
export const telemetryMark = 'halflight_telemetry';

/** One line that the receiver writes: the event, and the stamp that only the receiver can give. */
export interface TelemetryRecord {
  [telemetryMark]: string;
  /** Milliseconds since 1970. */
  received_at: number;
  /** `reported`: user and device are what the enrolment says; `claimed`: they are what the batch says. */
  identity: 'reported' | 'claimed';
  user?: string | undefined;
  device: string;
  agent: string;
  id: string;
  /** RFC 3339. */
  at: string;
  type: TelemetryType;
  host?: string | undefined;
  account_kind?: AccountKind | undefined;
  count?: number | undefined;
  bytes?: number | undefined;
  extensions?: readonly InstalledExtension[] | undefined;
}
