import { z } from 'zod';
import { accountKinds, confidences } from '../core/hit.js';
import { type Category, categories } from './categories.js';

/** Families of programming interfaces: what a request to a host, path or port looks like. */
export const protocols = {
  openai: "OpenAI's, and the many that copy it",
  anthropic: "Anthropic's messages, and those that copy them",
  gemini: "Google's generateContent, of Gemini and Vertex AI",
  bedrock: 'Amazon Bedrock',
  cohere: 'Cohere',
  ollama: 'Ollama',
  huggingface: 'Hugging Face inference',
  replicate: 'Replicate predictions',
  fal: 'fal queues',
  mcp: 'Model Context Protocol',
  deepl: 'DeepL translation',
  'vector-db': 'a vector database',
  native: "the vendor's own",
} as const;
export type Protocol = keyof typeof protocols;

/** Where packages come from; `cli` is the name of a program on a machine. */
export const ecosystems = ['npm', 'pypi', 'go', 'maven', 'crates', 'nuget', 'rubygems', 'packagist', 'cli'] as const;
export type Ecosystem = (typeof ecosystems)[number];

const categoryIds = Object.keys(categories) as [Category, ...Category[]];
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a date as YYYY-MM-DD');
const slug = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'lower-case letters, digits and single hyphens');
const line = z
  .string()
  .trim()
  .min(1)
  .max(300)
  .regex(/^[^\n\r]*$/, 'one line');
const account = z.enum(accountKinds).exclude(['unknown']);
const confidence = z.enum(confidences);
const role = z.enum(['web', 'api', 'data', 'telemetry']);
const protocol = z
  .enum(Object.keys(protocols) as [Protocol, ...Protocol[]])
  .optional()
  .describe('Family of the API that programs find there.');
const hostPattern = z
  .string()
  .regex(
    /^[a-z0-9*]([a-z0-9*.-]*[a-z0-9])?$/,
    'a lower-case host name in its ASCII form; * stands for letters, digits or hyphens within one label, *. in front for one or more labels',
  );

const hostSignature = z.strictObject({
  host: hostPattern.describe(
    'Host name. With *: a wildcard; `*.` in front stands for one or more labels, elsewhere * stays within its label.',
  ),
  match: z
    .enum(['suffix', 'exact'])
    .default('suffix')
    .describe('suffix: the host and every host below it; exact: this host only. Wildcards match whole names.'),
  role: role
    .default('web')
    .describe(
      'web: people visit it; api: programs call it; data: uploads and content; telemetry: known and not counted as use.',
    ),
  protocol,
  account: account.optional().describe('Set only where this host tells the plan.'),
  weak: z.boolean().optional().describe('A host of the wider product: not AI use by itself.'),
  confidence: confidence.optional(),
});

const pathSignature = z.strictObject({
  host: hostPattern.describe('As in hosts; suffix match.'),
  path: z
    .string()
    .regex(/^\/[^\s?#]*$/, 'a path that begins with / and has no query')
    .describe('Prefix on segment borders; * stands for one or more characters within a segment.'),
  role: role.default('web'),
  protocol,
  capability: z.enum(['chat', 'upload', 'api', 'admin', 'agent', 'image', 'audio']).optional(),
  account: account.optional(),
  confidence: confidence.optional(),
});

const sourced = {
  source: line.describe('Where it was read: a list, a page, a document; never a guess.'),
  read: day.describe('The day on which the source was read or checked.'),
};
const fact = z.strictObject({
  plan: line.optional().describe('Plan or offering that it holds for; absent: all.'),
  value: line,
  ...sourced,
});

const httpToken = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const tenantControl = z
  .strictObject({
    header: z.string().regex(httpToken, 'a header name as in HTTP, without colon').optional(),
    host: hostPattern.optional().describe('A host of which each plan or tenant has its own.'),
    value: line.optional().describe('What the header holds.'),
    effect: line.describe('What it brings about.'),
    plan: line.optional().describe('Plan that has it.'),
    ...sourced,
  })
  .refine(({ header, host }) => (header === undefined) !== (host === undefined), 'either a header or a host');

/** One file of signatures/. */
export const serviceSchema = z.strictObject({
  id: slug.describe('Equals the file name.'),
  name: line,
  summary: line.describe('What it is, in one sentence of our own.'),
  category: z.enum(categoryIds),
  vendor: z.strictObject({
    name: line,
    legal: line.optional(),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, 'ISO 3166-1 alpha-2')
      .optional()
      .describe('Head office.'),
    site: z.url().optional(),
  }),
  embedded: z
    .boolean()
    .default(false)
    .describe('AI inside a wider product: its hosts are weak unless they serve only the AI part.'),
  agent: z.boolean().default(false).describe('Acts by itself: works through tasks without a person at each step.'),
  mcp: z.boolean().default(false).describe('Is or offers a remote MCP server.'),
  confidence: confidence.default('high').describe('How sure the entry is as a whole; low: one list only.'),
  checked: day,
  sources: z
    .array(
      z.strictObject({
        name: line,
        read: day.optional().describe('Absent: common knowledge, not read again for this entry.'),
      }),
    )
    .min(1)
    .describe('Where the traces were read.'),
  hosts: z
    .array(z.preprocess((value) => (typeof value === 'string' ? { host: value } : value), hostSignature))
    .default([]),
  paths: z.array(pathSignature).default([]),
  oauth_apps: z
    .array(
      z
        .strictObject({
          platform: z.enum(['entra', 'google', 'okta', 'any']).default('any'),
          id: line.optional(),
          name: line.optional(),
          confidence: confidence.optional(),
        })
        .refine((app) => app.id !== undefined || app.name !== undefined, 'an id or a name'),
    )
    .default([])
    .describe('Application ids, and display names that match as a whole without regard to case.'),
  saml_apps: z
    .array(line)
    .default([])
    .describe('Names in single-sign-on galleries; match as a whole without regard to case.'),
  extensions: z
    .array(
      z.strictObject({
        store: z.enum(['chrome', 'edge', 'firefox', 'vscode', 'jetbrains']),
        id: line,
        name: line.optional(),
        confidence: confidence.optional(),
      }),
    )
    .default([]),
  merchants: z
    .array(
      z.strictObject({
        descriptor: line.describe('Card statement text, upper case; begins the cleaned text on a word border.'),
        account: account.optional(),
        ambiguous: z.boolean().optional().describe('Other firms share it: a candidate, not a hit.'),
      }),
    )
    .default([]),
  user_agents: z
    .array(
      z.strictObject({
        token: line.describe(
          'Case-sensitive, at the start or after a character that is no letter or digit; with its / where it has one.',
        ),
        tool: line.optional(),
        confidence: confidence.optional(),
      }),
    )
    .default([]),
  packages: z
    .array(
      z.strictObject({
        ecosystem: z.enum(ecosystems),
        name: line
          .regex(/^\S+$/, 'a package name without blanks')
          .describe('As in manifests; Maven: group:artifact; Go: module path.'),
        kind: z.enum(['sdk', 'cli', 'framework', 'mcp-server']).optional(),
      }),
    )
    .default([])
    .describe('Packages whose use is use of the service.'),
  keys: z
    .array(
      z.strictObject({
        prefix: z
          .string()
          .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{2,}$/, 'three or more letters, digits, _ or -, as keys of the vendor begin')
          .describe('Published beginning of its API keys.'),
        name: line.optional().describe('Kind of key.'),
      }),
    )
    .default([]),
  tenant_controls: z
    .array(tenantControl)
    .default([])
    .describe('What separates the tenant of the organisation from other use, at a proxy.'),
  ports: z
    .array(
      z.strictObject({
        port: z.int().min(1).max(65535),
        path: z
          .string()
          .regex(/^\/[^\s?#]*$/, 'a path that begins with / and has no query')
          .optional(),
        protocol,
      }),
    )
    .default([])
    .describe('Where a local runtime listens unless told otherwise.'),
  variables: z
    .array(
      z
        .string()
        .regex(
          /^[A-Z][A-Z0-9]*_(?:[A-Z0-9_]*[A-Z0-9]|(?:[A-Z0-9]+_)*\*)$/,
          'upper-case words with _ between them; * may stand for the last words',
        ),
    )
    .default([])
    .describe("Environment variables that the service's packages and documentation use: OPENAI_API_KEY, OPENAI_*."),
  images: z
    .array(
      z
        .string()
        .regex(/^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/, 'the name of a container image without registry, tag and digest'),
    )
    .default([])
    .describe('Container images that run it: ollama/ollama.'),
  resources: z
    .array(line.regex(/^[\w:.*/-]{4,}$/, 'a name without blanks; * may stand for its end'))
    .default([])
    .describe(
      'Names in infrastructure code: resource types, services and actions of a cloud (aws_bedrock*, AWS::Bedrock::*).',
    ),
  plans: z
    .array(
      z.strictObject({
        name: line,
        account: account.optional(),
        tells: line.optional().describe('What tells it from the others in logs: host, path, workspace, payment.'),
      }),
    )
    .default([]),
  risk: z
    .strictObject({
      trains_on_customer_data: z.array(fact),
      retention: z.array(fact),
      zero_retention: z.array(fact),
      soc2: z.array(fact),
      iso27001: z.array(fact),
      iso27701: z.array(fact),
      iso42001: z.array(fact),
      dpa: z.array(fact),
      data_residency: z.array(fact),
      sso: z.array(fact),
      tenant_control: z.array(fact),
      jurisdiction: z.array(fact).describe("Where the vendor's head office is, as a source states it."),
    })
    .partial()
    .default({})
    .describe('Risk attributes; what no source states is absent.'),
  examples: z.strictObject({
    hit: z
      .array(line)
      .min(1)
      .describe(
        'Hosts or URLs that must name this service; with a prefix `app:`, `merchant:`, `ua:`, `extension:`, `package:` (package:npm/openai), `key:`, `port:` (port:11434/api/chat) the other signatures.',
      ),
    miss: z.array(line).min(1).describe('Look-alikes, parents and neighbours that must not name this service.'),
  }),
});

export type Service = z.output<typeof serviceSchema>;
/** A service as written in its file, before defaults. */
export type ServiceSource = z.input<typeof serviceSchema>;
