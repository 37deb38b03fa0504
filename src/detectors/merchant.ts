import type { Detector } from './common/detector.js';
import { matchMerchant } from './common/merchant-text.js';

/** A payment to the vendor. */
export const detector: Detector = {
  title: 'merchant',
  detect(event, catalog) {
    if (event.kind !== 'expense' || event.merchant === undefined) return [];
    const match = matchMerchant(event.merchant, catalog);
    if (match === undefined || 'ambiguous' in match) return [];
    const { rule, how } = match;
    return [
      {
        service: rule.service.id,
        signature: `merchant ${rule.value}`,
        reason: `merchant text "${event.merchant}" ${how === 'cut' ? 'is cut from' : 'begins with'} ${rule.value}, which is ${rule.service.name}`,
        confidence: how === 'cut' && rule.confidence === 'high' ? 'medium' : rule.confidence,
        strength: 'payment',
        account: rule.account,
      },
    ];
  },
};
