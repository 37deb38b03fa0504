import { urlBlocklist } from './common/lines.js';

/** Source: Chrome Enterprise, "URLBlocklist" and "URL blocklist filter format". */
export const blockListFormat = urlBlocklist('Google Chrome', '/etc/opt/chrome/policies/managed');
