import { random } from '../helpers/random.js';
import type { SignInStore } from '../helpers/sign-in-store.js';

const [hour, day] = [3_600_000, 86_400_000];

/** Apps by name: those of which the catalog of the test knows the id, and ordinary ones. */
export const aiApps = [
  { service: 'chat', appId: 'aaaaaaaa-0000-4000-8000-000000000001', name: 'Chat of the test' },
  { service: 'draw', appId: 'aaaaaaaa-0000-4000-8000-000000000002', name: 'Draw of the test' },
] as const;

/** A tenant's sign-ins, made up by a seed: the same index gives the same one, so that a million need not be held. */
export interface Population extends SignInStore {
  /** `day service user`: sign-ins that went through, and those that failed; of AI apps alone. */
  expected(): Map<string, { events: number; attempts: number }>;
}

/**
 * @param begin when collecting begins: most sign-ins are of the 29 days before, the last of half a day later
 */
export function population(size: number, begin: number, seed: number): Population {
  const roll = random(seed);
  const created = new Float64Array(size);
  for (let i = 0; i < size; i++) created[i] = begin - 29 * day + Math.floor(roll() * (29 * day + 12 * hour));
  created.sort();
  // Three of ten come late, by up to 72 hours.
  const seen = created.map((at) => at + (roll() < 0.3 ? Math.floor(roll() * 72 * hour) : 0));
  const about = (index: number) => {
    const own = random(seed + index * 7919);
    const app = own() < 0.25 ? aiApps[Math.floor(own() * aiApps.length)] : undefined;
    return { app, user: `user${Math.floor(own() * 500)}@acme.example`, failed: own() < 0.1, at: created[index] ?? 0 };
  };
  return {
    size,
    created,
    seen,
    type: () => 'interactiveUser',
    record(index) {
      const { app, user, failed, at } = about(index);
      return {
        id: `${index.toString(16).padStart(8, '0')}-5eed-4000-8000-000000000000`,
        createdDateTime: new Date(at).toISOString(),
        userDisplayName: user.split('@')[0],
        userPrincipalName: user,
        userId: `u-${user}`,
        appId: app?.appId ?? `bbbbbbbb-0000-4000-8000-${String(index % 300).padStart(12, '0')}`,
        appDisplayName: app?.name ?? `Ordinary app ${index % 300}`,
        ipAddress: `203.0.113.${index % 250}`,
        clientAppUsed: 'Browser',
        conditionalAccessStatus: 'success',
        isInteractive: true,
        signInEventTypes: ['interactiveUser'],
        status: { errorCode: failed ? 50126 : 0, failureReason: failed ? 'Invalid user name or password.' : 'Other.' },
        deviceDetail: { deviceId: '', displayName: `ACME-L-${index % 400}`, operatingSystem: 'Windows' },
        location: { city: 'Bonn', countryOrRegion: 'DE' },
        appliedConditionalAccessPolicies: [{ id: 'p-1', displayName: 'Require MFA', result: 'success' }],
      };
    },
    expected() {
      const sums = new Map<string, { events: number; attempts: number }>();
      for (let index = 0; index < size; index++) {
        const { app, user, failed, at } = about(index);
        if (app === undefined) continue;
        const key = `${new Date(at).toISOString().slice(0, 10)} ${app.service} ${user}`;
        const sum = sums.get(key) ?? { events: 0, attempts: 0 };
        sum[failed ? 'attempts' : 'events']++;
        sums.set(key, sum);
      }
      return sums;
    },
  };
}
