/**
 * What a record of a DHCP server or a VPN gateway says of who has an address. It is no event: it shows no use of anything, and comes
 * beside a skip (`leaseSkip`). Values as logged.
 */
export interface LeaseNote {
  address: string;
  /** Milliseconds since 1970: given or renewed then; of an end, when it ended. */
  at: number;
  /** The lease is over: released, expired, disconnected. Without a holder: whoever has the address. */
  ended?: true | undefined;
  /** When it runs out, where the record or the product's default says. */
  until?: number | undefined;
  /** When it began, where a record of the end says. */
  since?: number | undefined;
  user?: string | undefined;
  device?: string | undefined;
  mac?: string | undefined;
}

/** A hardware address in one form, `aa:bb:cc:dd:ee:ff`, from any of the usual ones; undefined where it is none. */
export function canonicalMac(text: string | undefined): string | undefined {
  if (text === undefined || text.length > 32) return undefined;
  const hex = text.trim().toLowerCase().replace(/[:.-]/g, '');
  if (!/^[\da-f]{12}$/.test(hex) || /^0+$/.test(hex)) return undefined;
  return (hex.match(/../g) ?? []).join(':');
}
