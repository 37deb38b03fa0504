import type { EventDraft } from '../core/event.js';
import { type FormatContext, type Outcome, reject, skip } from '../core/format.js';
import { accountKinds } from '../core/hit.js';
import { isObject } from '../core/json.js';
import type { Provenance } from '../core/provenance.js';
import { telemetryMark, telemetryTypes, telemetryVersion } from '../core/telemetry.js';
import { whole } from '../core/text.js';
import { parseTime } from '../core/time.js';
import { type Fields, recordFormat } from './common/record-format.js';

/** Extensions of one record that are read. */
const maxExtensions = 500;

/** The stamp counts only where nobody but the receiver can have written it. */
const provenanceOf = (fields: Fields, { stampedBy }: FormatContext): Provenance =>
  stampedBy === 'telemetry' && fields.text('identity') === 'reported' ? 'reported' : 'claimed';

function read(fields: Fields, context: FormatContext): Outcome {
  if (fields.text(telemetryMark) !== telemetryVersion) return reject(`not a record of version ${telemetryVersion}`);
  const type = telemetryTypes.find((known) => known === fields.text('type'));
  if (type === undefined) return reject('type is not a known word');
  const at = fields.text('at');
  const time = at === undefined ? undefined : parseTime(at, 'UTC', context.modified);
  if (time === undefined) return reject('at is not a time');
  const common: Omit<EventDraft, 'kind'> = {
    action: 'allowed',
    time,
    user: fields.text('user'),
    device: fields.text('device'),
    event_id: fields.text('id'),
    provenance: provenanceOf(fields, context),
  };
  if (type === 'extensions') {
    const list = fields.value('extensions');
    const drafts = (Array.isArray(list) ? list.slice(0, maxExtensions) : []).flatMap((item: unknown): EventDraft[] => {
      const id = isObject(item) && item.enabled !== false ? item.id : undefined;
      return typeof id === 'string' ? [{ ...common, kind: 'extension', extension_id: id }] : [];
    });
    return drafts.length > 0 ? drafts : skip('no extension that is switched on');
  }
  const host = fields.text('host');
  if (host === undefined) return reject('no host');
  const account = accountKinds.find((known) => known === fields.text('account_kind'));
  const page = { ...common, host, ...(account !== undefined && account !== 'unknown' && { account }) };
  if (type === 'visit') return { ...page, kind: 'web' };
  if (type === 'sign-in') return { ...page, kind: 'signin' };
  return { ...page, kind: 'activity', bytes_out: whole(fields.text('bytes')) };
}

/**
 * What browsers and other agents tell, as the telemetry receiver has written it: one event a line with the receiver's stamp. A paste or
 * an upload is an activity whose bytes are those that were sent; a page that shows an account is a sign-in.
 */
export const format = recordFormat({
  title: 'Halflight browser telemetry',
  kinds: ['web', 'signin', 'extension', 'activity'],
  what: 'records of browser telemetry',
  mine: (record) => typeof record[telemetryMark] === 'string' && typeof record.type === 'string',
  read,
});
