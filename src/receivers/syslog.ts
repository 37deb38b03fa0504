import type { ListenerReceiver } from './common/receiver.js';
import { createSyslogReceiver } from './common/syslog.js';
import { type SyslogOptions, syslogOptions } from './common/syslog-options.js';

export const receiver: ListenerReceiver<SyslogOptions> = {
  kind: 'listener',
  title: 'Syslog',
  options: syslogOptions,
  // Only a certificate proves who sends; an address can be forged.
  provenance: (options) => (options.tls?.client_ca === undefined ? 'unauthenticated' : 'reported'),
  create: createSyslogReceiver,
};
