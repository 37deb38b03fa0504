import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { halflight } from '../helpers/cli.js';
import { activity, type FakeGoogle, fakeGoogle, googleUser } from '../helpers/fake-google.js';
import { type FakeOkta, fakeOkta, oktaUser, ssoEvent } from '../helpers/fake-okta.js';
import { httpServer, type LocalServer } from '../helpers/http-server.js';
import { Site, until } from '../kill/site.js';

const hour = 3_600_000;
const clock = {
  get now() {
    return Date.now();
  },
};

describe('identity providers, from the configuration file to findings', () => {
  const site = new Site({ kind: 'embedded' });
  const logs = join(site.folder, 'exports');
  const notices: unknown[] = [];
  let okta: FakeOkta;
  let google: FakeGoogle;
  let hook: LocalServer;
  const env = { OKTA_TOKEN: '00abcdefghijklmnopqrstuvwxyz' };
  const cli = (...args: string[]) => halflight(args, { cwd: site.folder, env });

  /** By hand, between the collections of the service: there is only one at a time. */
  const collectOkta = async () => {
    for (let tries = 0; ; tries++) {
      const ran = await cli('collect', 'okta');
      if (tries === 5 || !ran.stderr.includes('at this moment')) return ran;
    }
  };
  /** Services by source with the strength of what was seen, and how often. */
  const used = async (source: string): Promise<string[]> => {
    const rows = await site.query<{ use: string }>(
      `select service || ' ' || strength || ' ' || actor || ' ' || sum(events) as use from usage
       where source = $1 group by service, strength, actor order by 1`,
      [source],
    );
    return rows.map(({ use }) => use);
  };
  const findings = async (): Promise<string[]> =>
    (await site.query<{ service: string }>('select distinct service from finding order by 1')).map(
      (row) => row.service,
    );

  beforeAll(async () => {
    const at = Date.now() - hour;
    okta = await fakeOkta(0);
    okta.clock = clock;
    okta.log = [1, 2, 3].map((n) => ({ seen: 0, body: ssoEvent(`e${n}`, at + n, 'anna', 'ChatGPT') }));
    okta.log.push({ seen: 0, body: ssoEvent('e9', at, 'anna', 'Payroll') });
    okta.apps = ['ChatGPT', 'Payroll'].map((label, n) => ({
      id: `0oaapp${n}`,
      label,
      members: [7, 8].map((user) => ({ id: oktaUser(user).id, _embedded: { user: oktaUser(user) } })),
    }));
    okta.users = [oktaUser(7), oktaUser(8)];

    google = await fakeGoogle(0);
    google.clock = clock;
    const otter = [
      { name: 'app_name', value: 'Otter.ai' },
      { name: 'client_id', value: '77.apps.googleusercontent.com' },
    ];
    google.activities = [
      activity(1, at, 'token', 'authorize', 'ben', otter),
      activity(2, at, 'saml', 'login_success', 'ben', [{ name: 'application_name', value: 'ChatGPT' }]),
      activity(3, at, 'gemini_in_workspace_apps', 'feature_utilization', 'ben', [{ name: 'app_name', value: 'gmail' }]),
    ].map((body) => ({ seen: 0, body }));
    const token = { clientId: '77.apps.googleusercontent.com', displayText: 'Otter.ai', scopes: ['openid'] };
    google.users = [googleUser(1, { tokens: [token] }), googleUser(2, { primaryEmail: google.subject })];
    const extensions = [
      { extensionId: 'ofpnmcalabcbjgholdjcjblkibolbppb', name: 'Monica' },
      { extensionId: 'abcdefghijklmnopabcdefghijklmnop', name: 'Weather' },
    ];
    google.browsers = [{ deviceId: 'd1', machineName: 'ACME-LT-1', browsers: [{ profiles: [{ extensions }] }] }];

    hook = await httpServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => {
        body += part.toString();
      });
      request.on('end', () => {
        // Doctor only looks whether somebody is there.
        if (body !== '') notices.push(JSON.parse(body));
        response.end();
      });
    });
    mkdirSync(logs);
    writeFileSync(join(site.folder, 'google.json'), google.keyFile(), { mode: 0o600 });
    site.env = env;
    site.configure({
      ports: [okta.port, google.port, hook.port],
      channels: [
        {
          id: 'soc',
          kind: 'webhook',
          notices: ['source.paused'],
          options: { url: `http://127.0.0.1:${hook.port}/` },
        },
      ],
      sources: [
        { id: 'okta', kind: 'okta', every: '1s', options: { org_url: okta.url, api_token: { env: 'OKTA_TOKEN' } } },
        {
          id: 'google',
          kind: 'google',
          every: '1s',
          options: {
            key: { file: join(site.folder, 'google.json') },
            subject: google.subject,
            endpoint: google.url,
            parts: ['login', 'saml', 'token', 'gemini', 'users', 'grants', 'extensions'],
          },
        },
        { id: 'dropped', kind: 'folder', every: '1s', options: { path: logs } },
        { id: 'uploaded', kind: 'upload' },
        { id: 'pushed', kind: 'push' },
      ],
    });
    await site.prepare();
    await site.start('serve').ready;
  });
  afterAll(() => Promise.all([site.close(), okta.close(), google.close(), hook.close()]));

  it('Okta: who signed in to AI apps, and who has them', async () => {
    await until('all was read', async () => (await used('okta')).length === 3);
    expect(await used('okta')).toEqual([
      'chatgpt account anna@acme.example 3',
      'chatgpt permission user7@acme.example 1',
      'chatgpt permission user8@acme.example 1',
    ]);
    // Who has which other app was not even asked.
    expect(okta.requests.filter((path) => path.includes('0oaapp1'))).toEqual([]);
  });

  it('Google: sign-ins, grants, Gemini and extensions', async () => {
    await until('all was read', async () => (await used('google')).length === 5);
    expect(await used('google')).toEqual([
      'chatgpt account ben@acme.example 1',
      'gemini-workspace account ben@acme.example 1',
      'monica visit acme-lt-1 1',
      'otter permission ben@acme.example 1',
      'otter permission user1@acme.example 1',
    ]);
  });

  it('files of other providers and of AI vendors: dropped into a folder, uploaded, pushed', async () => {
    const time = new Date(Date.now() - hour).toISOString();
    const seconds = Math.floor(Date.now() / 1000) - 3600;
    const lines = (...records: object[]): string => records.map((record) => `${JSON.stringify(record)}\n`).join('');
    const drop = (name: string, content: string): void => writeFileSync(join(logs, name), content);
    drop(
      'onelogin.csv',
      `id,event_type_id,created_at,user_name,app_name,ipaddr\n1,8,${time},Ann One,ChatGPT,192.0.2.10\n`,
    );
    drop(
      'jumpcloud.json',
      lines({
        id: 'j1',
        event_type: 'sso_auth',
        service: 'sso',
        timestamp: time,
        initiated_by: { type: 'user', email: 'jo@acme.example' },
        application: { display_label: 'ChatGPT', sso_type: 'saml' },
        client_ip: '192.0.2.11',
        sso_token_success: true,
        organization: 'o1',
      }),
    );
    const stamp = time.replace('T', ' ').replace('.', ',').replace('Z', '');
    drop(
      'audit.log',
      `${stamp}| tid:a| SSO| pia@acme.example| 192.0.2.12 | | ChatGPT| SAML20| sso.acme.example| IdP| success| Form| | 61\n`.repeat(
        2,
      ),
    );
    drop(
      'copilot.csv',
      `Report Time,Login,Last Authenticated At,Last Activity At,Last Surface Used\n${time},cop-acme,${time},${time},vscode/1.99.0/copilot-chat/0.26.7\n`,
    );
    const token = await site.token('uploaded');
    const upload = async (name: string, content: object): Promise<void> => {
      let status = 0;
      // A new token is known within a second.
      await until(`${name} is uploaded`, async () => {
        const answer = await fetch(`${site.url}/v1/upload?name=${name}`, {
          method: 'POST',
          body: JSON.stringify(content, undefined, 1),
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
        });
        status = answer.status;
        return status !== 401;
      });
      expect(status).toBe(202);
    };
    await upload('duo.json', {
      stat: 'OK',
      response: {
        authlogs: [
          {
            access_device: { ip: '192.0.2.13' },
            application: { key: 'DI9', name: 'ChatGPT' },
            email: 'dee@acme.example',
            event_type: 'authentication',
            factor: 'duo_push',
            result: 'success',
            timestamp: seconds,
            txid: 'd1',
          },
        ],
      },
    });
    await upload('openai.json', {
      object: 'list',
      data: [
        {
          id: 'audit_log-1',
          object: 'organization.audit_log',
          type: 'login.succeeded',
          effective_at: seconds,
          actor: { type: 'session', session: { user: { email: 'oz@acme.example' }, ip_address: '192.0.2.14' } },
        },
      ],
      has_more: false,
    });
    const pushToken = await site.token('pushed');
    await until('the activity is pushed', async () => {
      const answer = await fetch(`${site.url}/v1/push`, {
        method: 'POST',
        body: lines({
          id: 'activity_1',
          created_at: time,
          organization_id: 'org_1',
          type: 'claude_chat_created',
          actor: { type: 'user_actor', email_address: 'cy@acme.example', ip_address: '192.0.2.15' },
        }),
        headers: { authorization: `Bearer ${pushToken}`, 'content-type': 'application/x-ndjson' },
      });
      return answer.status === 202;
    });
    await until('the folder was read', async () => (await used('dropped')).length === 4);
    expect(await used('dropped')).toEqual([
      'chatgpt account ann one 1',
      'chatgpt account jo@acme.example 1',
      'chatgpt account pia@acme.example 2',
      'github-copilot account cop-acme 1',
    ]);
    await until('uploads were read', async () => (await used('uploaded')).length === 2);
    expect(await used('uploaded')).toEqual([
      'chatgpt account dee@acme.example 1',
      'openai-api account oz@acme.example 1',
    ]);
    await until('the push was read', async () => (await used('pushed')).length === 1);
    expect(await used('pushed')).toEqual(['claude account cy@acme.example 1']);
  });

  it('all of it becomes findings', async () => {
    const all = ['chatgpt', 'claude', 'gemini-workspace', 'github-copilot', 'monica', 'openai-api', 'otter'];
    await until('findings are open', async () => (await findings()).length === all.length);
    expect(await findings()).toEqual(all);
  });

  it('halflight collect and source test show what happens; nothing counts twice', async () => {
    const before = await used('okta');
    const collected = await collectOkta();
    expect([collected.code, collected.stdout]).toEqual([0, expect.stringMatching(/^0 new chunks, 0 bytes, 0 gaps/)]);
    expect(collected.stderr).toMatch(/System Log: .* records read/);
    const tested = await cli('source', 'test', 'google');
    expect(tested.stdout).toMatch(/Grants of users/);
    expect([tested.code, tested.stderr]).toEqual([0, '']);
    expect(await used('okta')).toEqual(before);
  });

  it('F25 a token that is taken back pauses the source, and a channel is told; a good one goes on', async () => {
    const good = okta.apiToken;
    okta.apiToken = 'taken-back';
    await until('the channel is told', () => notices.length > 0);
    expect(notices).toEqual([
      expect.objectContaining({
        type: 'source.paused',
        data: expect.objectContaining({ subject: 'source/okta', text: expect.stringContaining('Make a new one') }),
      }),
    ]);
    const asked = okta.requests.length;
    const doctor = await cli('doctor');
    expect(doctor.stdout).toMatch(/FAILED {2}source okta: Login .*E0000011/);
    expect(okta.requests.length - asked).toBe(2);
    const refused = await cli('collect', 'okta');
    expect([refused.code, refused.stderr.trim()]).toEqual([3, expect.stringMatching(/could not be read.*source\.$/)]);
    okta.apiToken = good;
    expect((await collectOkta()).code).toBe(0);
    expect(await site.query(`select state from source where id = 'okta'`)).toEqual([{ state: 'active' }]);
  });
});
