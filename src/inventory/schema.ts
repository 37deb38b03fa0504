import { z } from 'zod';
import {
  allowedAccounts,
  entryKinds,
  entryStatuses,
  environments,
  type InventoryEntry,
  protections,
} from '../core/register.js';
import { accepted, decommissionStatuses, entryFields } from './fields.js';

const text = z.string().trim().min(1).max(4000).optional();
const list = z.array(z.string().trim().min(1).max(1000)).max(10_000).default([]);

/** A day that the calendar has: 2026-02-30 is refused. */
const day = z.iso.date();

const sourceName = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'lower-case letters, digits and single hyphens');

/**
 * One entry in its canonical form: what exports write and editors check. Reading accepts friendlier forms (`In Review`) and turns them
 * into these first.
 */
export const entrySchema = z
  .strictObject({
    id: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, accepted(entryFields.id))
      .describe('Unique in the file.'),
    name: z.string().trim().min(1).max(300),
    kind: z.enum(entryKinds).optional(),
    description: text.describe('The use case in one sentence.'),
    purpose: text,
    environment: z.enum(environments).optional(),
    decommission: z
      .strictObject({ status: z.enum(decommissionStatuses).optional(), date: day.optional() })
      .optional()
      .describe('Use after the date is use of a retired system.'),

    services: list.describe('Ids of catalog services that the entry stands for.'),
    workspaces: list.describe('Workspaces or tenants of the provider; empty: every one.'),
    allowed_account: z.enum(allowedAccounts).default('any'),
    allowed_groups: list.describe('Groups of the people directory; empty: every group.'),
    allowed_data_classes: list,

    business_owner: text,
    technical_owner: text,
    user_population: text,
    requester: text,
    approvers: list,

    vendor: text,
    model: text,
    provider: text,
    hosting_location: text,
    access_model: text.describe('Single sign-on, API key, local.'),
    integration_points: list,
    tools: list.describe('For agents: the tools they may call.'),
    systems_reached: list.describe('For agents: the external systems they reach.'),

    data_categories: list,
    sensitive_sources: z
      .record(sourceName, z.enum(protections))
      .default({})
      .describe('For customer-data, code-repositories, internal-documents and others: how each is protected.'),
    retention: text,
    training_use: text.describe('Whether inputs train a model.'),

    human_review: text,
    logging_policy: text,
    guardrails: text,
    jailbreak_resistance: text,
    prompt_templates: list,
    fallback: text,

    risk_tier: z.union([z.literal(1), z.literal(2), z.literal(3)]).optional(),
    status: z.enum(entryStatuses),
    approval_date: day.optional(),
    decided_by: z
      .array(z.string().trim().min(1).max(1000))
      .max(100)
      .optional()
      .describe('Who made the decision in force. A served block list takes denials that two people made.'),
    conditions: list,
    review_date: day.optional().describe('The approval ends after this day unless it is renewed.'),
    exception: z
      .strictObject({
        until: day,
        controls: list.describe('Compensating controls.'),
        renewals: z.number().int().min(0).max(1000).optional(),
      })
      .optional(),
  })
  .describe('One AI system.');

/** An inventory file: a list of entries, or an object that holds them. For editors: `z.toJSONSchema(inventorySchema, { io: 'input' })`. */
export const inventorySchema = z.union([z.array(entrySchema), z.strictObject({ entries: z.array(entrySchema) })]);

/** Checked here, so that the schema and the type of the core cannot drift apart. */
export type ParsedEntry = z.output<typeof entrySchema>;
export const asEntry = (entry: ParsedEntry): InventoryEntry => entry;
