import { urlBlocklist } from './common/lines.js';

/** Source: Microsoft Edge policies, "URLBlocklist" and "Filter format for URL list-based policies". */
export const blockListFormat = urlBlocklist('Microsoft Edge', '/etc/opt/edge/policies/managed');
