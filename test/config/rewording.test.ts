import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../domain/redaction/redactor.js';
import { configurationText, load, messageOf } from '../fixtures/configurationFile.js';

const KEY = 'Zq9-LeakMe-42';

/** The connection to Kitemaker, with what is wrong in it. */
function devTool(parts: Readonly<Record<string, string>>): string {
  const all = { type: 'kitemaker', baseUrl: 'https://km.test/v1', apiKey: 'km-key-0123456789', ...parts };
  const lines = Object.entries(all).map(([key, value]) => `${key}: ${/^[[{]/.test(value) ? value : `'${value}'`}`);
  return `{ ${lines.join(', ')} }`;
}

function told(parts: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv = {}): string {
  return messageOf(configurationText({ devTool: devTool(parts) }), env);
}

describe('config/rewording', () => {
  it.each([
    [
      { apiKey: '${KM_URL}', baseUrl: '${KM_PAT}' },
      { KM_PAT: KEY, KM_URL: 'https://km.test/v1' },
    ],
    [
      { apiKey: '${KM_URL}', baseUrl: '${KM}' },
      { KM: 'ghp_Zq9LeakMe42abcdef', KM_URL: 'https://km.test/v1' },
    ],
    [{ timeout: '${SLACK}' }, { SLACK: 'https://hooks.slack.com/services/T0/B0/Zq9LeakMe42' }],
    [{ timeout: '${SLACK_WEBHOOK}' }, { SLACK_WEBHOOK: 'https://hooks.slack.com/services/T0/B0/Zq9LeakMe42' }],
    [{ baseUrl: 'ftp://km.test/?k=${KM_PAT}' }, { KM_PAT: KEY }],
    [{ timeout: '${ADDRESS}' }, { ADDRESS: 'https://h/db?password=LeakMe' }],
    [{ itemUrl: '${U}' }, { U: 'tool.test/{n}?token=LeakMe' }],
    [{ timeout: '${U}' }, { U: 'https://LeakMe@km.test' }],
    [{ apiKey: '["${X}"]', timeout: '${X}' }, { X: KEY }],
    [{ api_key: '${X}', timeout: '${X}' }, { X: KEY }],
    [{ apiKey: '{ value: "${X}" }', timeout: '${X}' }, { X: KEY }],
    [{ apiKey: `["${KEY}"]`, timeout: KEY }, {}],
    [{ timeout: '${craftApiKey}' }, { craftApiKey: KEY }],
    [{ timeout: '${KM_PW}' }, { KM_PW: KEY }],
    [{ timeout: '${SESSION_COOKIE}' }, { SESSION_COOKIE: KEY }],
  ])('shows no key in a wrong place: %j', (parts, env) => {
    expect(told(parts, env)).not.toMatch(/LeakMe/);
  });

  it('shows no alert address that stands in another place, nor as a section', () => {
    const SLACK = 'https://hooks.slack.com/services/T0/B0/Zq9LeakMe42';
    for (const more of ['alerts: { webhook: ["${S}"] }\nkeepLog: "${S}"', 'alerts: "${S}"\nkeepLog: "${S}"'])
      expect(messageOf(configurationText({ more }), { S: SLACK })).not.toMatch(/LeakMe/);
  });

  it('shows the scheme and host of an address, and what is no secret at all', () => {
    expect(told({ timeout: '${U}' }, { U: 'https://km.test/v1?token=LeakMe' })).toContain(
      '"https://km.test/v1?token=…" (from "${U}")',
    );
    const env = { KEYBOARD: '60 parsecs', COMPASS_ID: '5', AUTHOR: 'ana' };
    const message = told({ timeout: '${KEYBOARD}', readAfterWrite: '${COMPASS_ID}', progressEvery: '${AUTHOR}' }, env);
    for (const shown of Object.values(env)) expect(message).toContain(`"${shown}" (from`);
  });

  it('names the variable of the place where two brought the same value', () => {
    const message = told({ timeout: '${A}', readAfterWrite: '${B}' }, { A: '5', B: '5' });
    expect(message).toContain('timeout (line 3): "5" (from "${A}")');
    expect(message).toContain('readAfterWrite (line 3): "5" (from "${B}")');
  });

  it('hides no plain word because a secret is one of its letters', () => {
    expect(told({ timeout: '${T}', webhookSecret: '${W}' }, { T: '1 parsec', W: 'a' })).toContain(
      '"1 parsec" (from "${T}")',
    );
  });

  it('tells the redactor what a variable brought that is called secret, in a place where it is accepted', () => {
    const text = configurationText({
      devTool: devTool({ baseUrl: 'http://km.test/${GATEWAY_TOKEN}', proxy: 'http://${PROXY_USER}@proxy.test:80' }),
      more: "alerts: { webhook: 'https://hooks.example/in/abcdefghijklmnopqrstuvwx' }",
    });
    const { secrets } = load(text, { GATEWAY_TOKEN: KEY, PROXY_USER: 'a-token-as-name' });
    const { redact } = createRedactor(secrets.all());
    expect(redact(`GET http://km.test/${KEY} by a-token-as-name to hooks.example/in/abcdefghijklmnopqrstuvwx`)).toBe(
      'GET http://km.test/[redacted] by [redacted] to hooks.example/in/[redacted]',
    );
  });

  it('leaves readable what is called a key or a signature and is the name of something', () => {
    const given = {
      SPACE_KEY: 'platform',
      CRAFTDESK_SIGNATURE_HEADER: 'X-CraftDesk-Signature',
      KEY_FIELD: 'development_key',
    };
    const base = 'http://km.test/${SPACE_KEY}/${CRAFTDESK_SIGNATURE_HEADER}/${KEY_FIELD}';
    const { secrets } = load(configurationText({ devTool: devTool({ baseUrl: base }) }), given);
    const { redact } = createRedactor(secrets.all());
    const said = 'no platform, no X-CraftDesk-Signature, no development_key';
    expect(redact(said)).toBe(said);
  });
});
