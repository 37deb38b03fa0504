import type { ListenerReceiver } from './common/receiver.js';
import { createSyslogReceiver } from './common/syslog.js';
import { type SyslogOptions, syslogOptions } from './common/syslog-options.js';

export const receiver: ListenerReceiver<SyslogOptions> = {
  kind: 'listener',
  title: 'Syslog',
  options: syslogOptions,
  create: createSyslogReceiver,
};
