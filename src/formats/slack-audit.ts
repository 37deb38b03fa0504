import type { Action, EventKind } from '../core/event.js';
import { type Format, skip } from '../core/format.js';
import { parseTime } from '../core/time.js';
import { caselessAt, caselessText, objectsOf } from './common/caseless.js';
import { recordFormat } from './common/record-format.js';

/**
 * Actions of api.slack.com/admins/audit-logs-call that let an app at the workspace's data, and sign-ins. An approval is a grant by
 * the one who approves.
 */
const known: Readonly<Record<string, readonly [EventKind, Action]>> = {
  app_installed: ['grant', 'allowed'],
  app_approved: ['grant', 'allowed'],
  app_scopes_expanded: ['grant', 'allowed'],
  org_app_workspace_added: ['grant', 'allowed'],
  user_login: ['signin', 'allowed'],
  user_login_failed: ['signin', 'blocked'],
};

/** Scopes as a list, or as text between commas or blanks. */
function listOf(value: unknown): string[] {
  const items: readonly unknown[] = Array.isArray(value)
    ? value
    : typeof value === 'string'
      ? value.split(/[\s,]+/)
      : [];
  return items.filter((item): item is string => typeof item === 'string' && item.trim() !== '');
}

/** Slack Enterprise audit log: apps that were installed and approved, sign-ins. */
export const format: Format = recordFormat({
  title: 'Slack audit log',
  kinds: ['grant', 'signin'],
  what: 'Slack audit entries',
  mine: (record) =>
    caselessAt(record, 'date_create') !== undefined &&
    caselessAt(record, 'action') !== undefined &&
    (caselessAt(record, 'actor.type') !== undefined || caselessAt(record, 'entity.type') !== undefined),
  read(fields, { modified }) {
    const action = fields.text('action')?.toLowerCase() ?? '';
    const found = Object.hasOwn(known, action) ? known[action] : undefined;
    if (found === undefined) return skip('not a grant or sign-in');
    const stamp = fields.text('date_create');
    const app = objectsOf(fields.value('entity.app'))[0];
    const scopes = [
      caselessAt(app, 'scopes'),
      fields.value('details.new_scopes'),
      fields.value('details.scopes'),
      fields.value('details.granular_bot_token_scopes'),
    ].map(listOf);
    return {
      kind: found[0],
      action: found[1],
      time: stamp === undefined ? undefined : parseTime(stamp, 'UTC', modified),
      user: fields.text('actor.user.email', 'actor.user.name', 'actor.user.id'),
      src_ip: fields.text('context.ip_address'),
      user_agent: fields.text('context.ua'),
      app: caselessText(app, 'name'),
      app_id: caselessText(app, 'id'),
      scopes: found[0] === 'grant' ? scopes.find((list) => list.length > 0) : undefined,
      event_id: fields.text('id'),
    };
  },
});
