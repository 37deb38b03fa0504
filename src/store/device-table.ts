/** Who says whose a device is: managed policy at its enrolment, an administrator since, or nobody. */
export type DeviceIdentity = 'policy' | 'assigned' | 'none';

export interface DeviceTable {
  id: string;
  source: string;
  hash: string;
  identity: DeviceIdentity;
  user_name: string | null;
  device_name: string | null;
  agent: string;
  token: string;
  enrolled_at: number;
  last_at: number | null;
  revoked_at: number | null;
}
