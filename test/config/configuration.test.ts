import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../domain/redaction/redactor.js';
import { loadConfiguration } from '../../config/configuration.js';
import {
  configurationText,
  load,
  messageOf,
  problemsOf,
  temporaryFolder,
  TYPES,
} from '../fixtures/configurationFile.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('config/configuration', () => {
  it('fills in the documented defaults', () => {
    const { settings } = load(configurationText());
    expect(settings).toEqual({
      craft: {
        name: 'craft',
        baseUrl: 'https://api.craft.io',
        dialect: 'guide',
        accountId: null,
        rateLimit: { perMinute: null, burst: 1, perMonth: null },
        timeoutMs: 30 * SECOND,
        freshForMs: 60 * SECOND,
        proxy: null,
        caFile: null,
      },
      devTools: {
        km: {
          name: 'km',
          type: 'kitemaker',
          baseUrl: 'https://km.test/developers/rest/v1',
          rateLimit: { perMinute: null, burst: 1, perMonth: null },
          timeoutMs: 30 * SECOND,
          proxy: null,
          caFile: null,
          itemUrl: null,
          progressEveryMs: 5 * MINUTE,
          inventoryEveryMs: 24 * HOUR,
          readAfterWriteMs: 10 * SECOND,
          lateWriteMs: 60 * SECOND,
          webhookUrl: null,
          expectsWebhooks: false,
          own: {},
        },
      },
      pipelines: { mobile: expect.any(Object) as object },
      intakes: {},
      alertsWebhook: null,
      keepLogMs: 180 * DAY,
    });
    expect(settings.pipelines['mobile']).toEqual({
      name: 'mobile',
      source: { workspace: '1' },
      ready: { status: 'Ready', types: null, where: [] },
      devTool: 'km',
      target: { spaceId: 's', statusId: 't', labels: [], createLabels: false },
      sweepEveryMs: 60 * MINUTE,
      driftEveryMs: 60 * MINUTE,
      maxNewPerSweep: 1000,
      fields: {
        title: { template: '{title}' },
        description: { from: 'description', values: null, required: false },
      },
      progress: {
        field: 'dev_status',
        linkField: null,
        keyField: null,
        stateField: null,
        statuses: { Backlog: 'To do', Closed: 'Done' },
        unmapped: 'keep',
        doneWhen: ['Done'],
        droppedWhen: [],
        onDropped: 'flag',
      },
      lock: {
        status: null,
        field: 'dev_lock',
        value: 'View only',
        released: '',
        releasedStatus: null,
        onDrift: 'flag',
      },
      onDevItemDeleted: 'flag',
      settleForMs: 7 * DAY,
      feedback: 'none',
      alsoHandedOver: false,
      timeZone: 'UTC',
    });
  });

  it('reports every problem in one message, in the order of the file, with path and line', () => {
    const text = [
      'craft: { baseUrl: api.craft.io, apiKey: k, dialect: guid }',
      'devTools:',
      '  km:',
      '    type: kitmaker',
      '    baseUrl: https://km.test',
      '    apiKey: ${KM_KEY}',
      'pipelines:',
      '  mobile:',
      '    source: { workspace: "1" }',
      '    ready: { status: Ready }',
      '    target: { devTool: kn }',
      '    sweepEvry: 60 minutes',
      '    progress: { field: f, doneWhen: [Done] }',
      '    lock: { field: l, value: v }',
      '    settleFor: 7',
    ].join('\n');
    expect(messageOf(text)).toBe(
      [
        'craftsync.yaml has 7 problems:',
        '  craft.baseUrl (line 1): "api.craft.io" is not a web address: write it in full, such as "https://api.craft.io"',
        '  craft.dialect (line 1): "guid" is not one of guide, swagger; did you mean "guide"?',
        `  devTools.km.type (line 4): "kitmaker" is not one of ${TYPES}; did you mean "kitemaker"?`,
        '  devTools.km.apiKey (line 6): the environment variable KM_KEY is not set',
        '  pipelines.mobile.target.devTool (line 11): "kn" is not in devTools; did you mean "km"?',
        '  pipelines.mobile.sweepEvry (line 12): unknown key; did you mean "sweepEvery"?',
        '  pipelines.mobile.settleFor (line 15): 7 has no unit: write "7 days"',
      ].join('\n'),
    );
  });

  it('suggests the nearest known key at the top level of the file too', () => {
    expect(problemsOf(configurationText({ more: 'keeplog: 180 days\nintakes: {}\nwhatever: 1' }))).toEqual([
      'keeplog (line 11): unknown key; did you mean "keepLog"?',
      'intakes (line 12): unknown key; did you mean "intake"?',
      'whatever (line 13): unknown key; known: craft, devTools, pipelines, intake, alerts, keepLog',
    ]);
  });

  it('says what an empty file begins with', () => {
    expect(messageOf('# nothing yet\n')).toBe(
      'craftsync.yaml has 1 problem:\n  the file: is empty: begin with the sections craft, devTools and pipelines',
    );
  });

  it('says what is missing in a file that has only some sections', () => {
    expect(problemsOf('devTools: {}')).toEqual(['craft: is required']);
    expect(problemsOf('pipelines: [a]')).toContain('pipelines (line 1): expected a section of keys, not a list');
  });

  it('accepts only names with characters that ids and paths can carry, and reserves craft for Craft.io', () => {
    const text = configurationText()
      .replace('  mobile:', '  "Mobile App":')
      .replace('  km:', '  craft: { type: kitemaker, baseUrl: "https://km.test", apiKey: k }\n  km:');
    expect(problemsOf(text)).toEqual([
      'devTools.craft (line 3): this name means the connection to Craft.io: choose another',
      'pipelines["Mobile App"] (line 6): "Mobile App" cannot be a name: use 1 to 40 of a-z, 0-9 and -',
    ]);
    expect(problemsOf(configurationText().replace('  mobile:', `  ${'a'.repeat(41)}:`))).toHaveLength(1);
  });

  it('refuses two sections of one name', () => {
    const text = `${configurationText()}  mobile: {}\n`;
    expect(messageOf(text)).toBe(
      'craftsync.yaml is not valid YAML:\n  line 11, column 3: this key is there already: each may be given once',
    );
  });

  it('reads intake, alerts and keepLog', () => {
    const { settings, warnings } = load(
      configurationText({
        more: [
          'intake:',
          '  support: { devTool: km, label: feedback, feedbackPortal: "9", category: c, submitter: s, every: 10 minutes }',
          'alerts: { webhook: "https://chat.test/hook?x=1" }',
          'keepLog: 30 days',
        ].join('\n'),
      }),
    );
    expect([settings.alertsWebhook, settings.keepLogMs]).toEqual(['https://chat.test/hook?x=1', 30 * DAY]);
    expect(settings.intakes['support']).toEqual({
      name: 'support',
      devTool: 'km',
      label: 'feedback',
      feedbackPortal: '9',
      category: 'c',
      submitter: 's',
      everyMs: 600_000,
    });
    expect(warnings).toEqual([]);
  });

  it('names what is wrong in intake', () => {
    const more =
      'intake:\n  a: { devTool: kn, label: x, feedbackPortal: "9" }\n  b: { devTool: km, catgory: x, every: 5 }';
    expect(problemsOf(configurationText({ more }))).toEqual([
      'intake.a.devTool (line 12): "kn" is not in devTools; did you mean "km"?',
      'intake.b.label (line 13): is required',
      'intake.b.feedbackPortal (line 13): is required',
      'intake.b.every (line 13): 5 has no unit: write "5 minutes"',
      'intake.b.catgory (line 13): unknown key; did you mean "category"?',
    ]);
  });

  it('gives secrets out one by one, and all of them for redaction', () => {
    const { secrets, settings } = load(
      configurationText({
        craft: '{ baseUrl: "https://c.test", apiKey: " craft-key\\n", proxy: "http://me:pr%40xy@proxy.test:3128/" }',
        devTool: '{ type: kitemaker, baseUrl: "https://km.test", apiKey: "${KEY}", webhookSecret: whsec_1 }',
      }),
      { KEY: ' km-key ' },
    );
    expect([secrets.apiKey('craft'), secrets.apiKey('km'), secrets.webhookSecret('km')]).toEqual([
      'craft-key',
      'km-key',
      'whsec_1',
    ]);
    expect(secrets.webhookSecret('other')).toBeNull();
    expect(() => secrets.apiKey('other')).toThrow('the configuration has no connection named other');
    expect([...secrets.all()].sort()).toEqual([...['craft-key', 'km-key', 'me:pr@xy', 'pr%40xy', 'pr@xy', 'whsec_1']]);
    expect(JSON.stringify(settings)).not.toMatch(/craft-key|km-key|whsec_1/);
  });

  it('needs no key in a process that calls nobody, and everything else as ever', () => {
    const path = join(temporaryFolder(), 'craftsync.yaml');
    const text = configurationText({
      craft: '{ baseUrl: "https://c.test", apiKey: "${CRAFT_KEY}" }',
      devTool: '{ type: kitemaker, baseUrl: "${KM}", apiKey: "${KM_KEY}", webhookSecret: "${SECRET}" }',
      more: 'alerts: { webhook: "${ALERTS}" }',
    });
    writeFileSync(path, text);
    const env = { KM: 'https://km.test', SECRET: 'whsec_1' };
    const { secrets } = loadConfiguration({ path, env, keys: 'unused' });
    expect(secrets.webhookSecret('km')).toBe('whsec_1');
    expect([secrets.apiKey('craft'), secrets.apiKey('km')]).toEqual([
      'not-given-to-this-process',
      'not-given-to-this-process',
    ]);
    expect(secrets.all()).toEqual(['whsec_1']);
    const reading = () => loadConfiguration({ path, env: { KM: 'https://km.test' }, keys: 'unused' });
    expect(reading).toThrow(/webhookSecret.*the environment variable SECRET is not set$/);
    expect(() => loadConfiguration({ path, env })).toThrow(/the environment variable CRAFT_KEY is not set/);
  });

  it.each(['${ALERTS}', 'https://hooks.chat.test/services/${ALERTS}', 'https://${HOST}/x?token=${ALERTS}'])(
    'counts nothing as a secret that stands in for an address which this process does not use: %s',
    (webhook) => {
      const path = join(temporaryFolder(), 'craftsync.yaml');
      writeFileSync(path, configurationText({ more: `alerts: { webhook: "${webhook}" }` }));
      const { secrets, settings } = loadConfiguration({ path, env: { HOST: 'chat.test' }, keys: 'unused' });
      const { redact } = createRedactor(secrets.all());
      const text = 'https://api.craft.test: see https://not-given.invalid/ in this process';
      expect(redact(text)).toBe(text);
      expect(settings.alertsWebhook).toBeNull();
    },
  );

  it('never shows a secret, wherever it was put', () => {
    const text = [
      'craft: { baseUrl: "${SECRET}", apiKey: "se cret", dialect: "${SECRET}", freshFor: "x${SECRET}" }',
      'devTools:',
      '  km: { type: "${SECRET}", baseUrl: "https://user:hunter2@km.test", apiKey: [hunter2], webhookSecret: 77889900 }',
      '  other: hunter2',
      'alerts: { webhook: hunter2 }',
    ].join('\n');
    const message = messageOf(text, { SECRET: 'hunter2' });
    expect(message).not.toMatch(/hunter2|se cret|77889900/);
    expect(message.split('\n').slice(1)).toEqual([
      '  craft.baseUrl (line 1): "${SECRET}" is not a web address: write it in full, such as "https://api.craft.io"',
      '  craft.apiKey (line 1): contains a blank or a character that no API key has: copy the key again',
      '  craft.dialect (line 1): "${SECRET}" is not one of guide, swagger',
      '  craft.freshFor (line 1): "x${SECRET}" is not a duration: write for example "60 seconds"',
      `  devTools.km.type (line 3): "\${SECRET}" is not one of ${TYPES}`,
      '  devTools.km.baseUrl (line 3): holds a user name or password: take it out; what the API requires belongs in apiKey',
      '  devTools.km.apiKey (line 3): must be a text: put it in quotes, or take it from the environment with ${NAME}',
      '  devTools.km.webhookSecret (line 3): must be a text: put it in quotes, or take it from the environment with ${NAME}',
      '  devTools.other (line 4): expected a section of keys, not a text',
      '  alerts.webhook (line 5): is not a web address: write it in full, with https://',
    ]);
  });

  it.each([
    ['with blanks around it', ' km-secret-key-123 '],
    ['longer than what a message shows', `km-secret-key-123${'-and-on'.repeat(20)}`],
  ])('shows nothing of a key %s that stands where another value belongs', (_, KEY) => {
    const text = [
      'craft: { baseUrl: "https://c.test", apiKey: k, timeout: "in ${KEY}", accountId: [x] }',
      'devTools:',
      '  km: { type: kitemaker, baseUrl: "https://km.test", apiKey: k, graphqlUrl: "${KEY}", itemUrl: " ${KEY}" }',
      '  cd: { type: craftdesk, baseUrl: "https://cd.test?key=${KEY}", apiKey: k, plan: "${KEY}" }',
    ].join('\n');
    const message = messageOf(text, { KEY });
    expect(message.split('\n')).toHaveLength(7);
    expect(message).toContain('"${KEY}"');
    expect(message).not.toMatch(/km-secre|secret-k|key-123/);
  });

  it('shows a wrong value that a variable brought, with the variable, where neither its place nor its name is secret', () => {
    const text = [
      'craft: { baseUrl: "${CRAFT_URL}", apiKey: "${CRAFT_API_KEY}", timeout: "${CRAFT_TIMEOUT}" }',
      'devTools:',
      '  km: { type: kitemaker, baseUrl: "${KITEMAKER_URL}", apiKey: "${KM}", itemUrl: "${KM}" }',
    ].join('\n');
    const env = { CRAFT_URL: 'htps://api.craft.test/v1', CRAFT_API_KEY: 'craft-key-1', CRAFT_TIMEOUT: '30 secnods' };
    const message = messageOf(text, { ...env, KITEMAKER_URL: ' kitemaker.test/rest/v1', KM: 'a-key-of-km-4711' });
    expect(message).toContain(
      'craft.baseUrl (line 1): "htps://api.craft.test/v1" (from "${CRAFT_URL}") does not begin',
    );
    expect(message).toContain('craft.timeout (line 1): "30 secnods" (from "${CRAFT_TIMEOUT}") is not a duration');
    expect(message).toContain(
      'devTools.km.baseUrl (line 3): " kitemaker.test/rest/v1" (from "${KITEMAKER_URL}") is not a web address',
    );
    expect(message).toContain('devTools.km.itemUrl (line 3): "${KM}" is not a web address');
    expect(message).not.toMatch(/a-key-of|craft-key/);
  });

  it('knows a key by the name of its variable where key and address were exchanged', () => {
    const text = 'craft: { baseUrl: "${CRAFT_API_KEY}", apiKey: "${CRAFT_URL}" }';
    const message = messageOf(text, { CRAFT_URL: 'https://api.craft.test', CRAFT_API_KEY: 'craft-key-4711' });
    expect(message).toContain('craft.baseUrl (line 1): "${CRAFT_API_KEY}" is not a web address');
    expect(message).not.toContain('craft-key');
  });

  it.each([
    ['http://me:hunter2/hunter2@proxy.test:3128', '"http://…@proxy.test:3128" is not a web address'],
    ['me:hunter2@hunter2@proxy.test:3128', '"…@proxy.test:3128" does not begin with http:// or https://'],
    ['ftp://me:hunter2@hunter2@proxy.test', '"ftp://…@proxy.test" does not begin with http:// or https://'],
    ['http://me:hunter2%zz@proxy.test', 'has a % in its user name or password that begins no code such as %40'],
  ])('shows nothing of the password in the address of a proxy: %s', (proxy, words) => {
    const craft = `{ baseUrl: "https://c.test", apiKey: k, proxy: "${proxy}" }`;
    const message = messageOf(configurationText({ craft }));
    expect(message).toContain(`craft.proxy (line 1): ${words}`);
    expect(message).not.toContain('hunter2');
  });

  it('resolves paths in the file relative to it, and says when they cannot be read', () => {
    const folder = temporaryFolder();
    const path = join(folder, 'craftsync.yaml');
    writeFileSync(path, configurationText({ craft: '{ baseUrl: "https://c.test", apiKey: k, caFile: ca.pem }' }));
    expect(() => loadConfiguration({ path, env: {} })).toThrow(
      `craft.caFile (line 1): "${join(folder, 'ca.pem')}" cannot be read: give the path of a file with certificates in PEM form`,
    );
    writeFileSync(join(folder, 'ca.pem'), '');
    expect(loadConfiguration({ path, env: {} }).settings.craft.caFile).toBe(join(folder, 'ca.pem'));
  });

  it('warns of a file that everybody may change, or that holds keys and can be read by everybody', () => {
    const path = join(temporaryFolder(), 'craftsync.yaml');
    const warningsWith = (text: string, mode: number) => {
      writeFileSync(path, text);
      chmodSync(path, mode);
      return loadConfiguration({ path, env: { KEY: 'ck_12345678' } }).warnings;
    };
    const craft = '{ baseUrl: "https://api.craft.io", apiKey: "${KEY}" }';
    const devTool = '{ type: kitemaker, baseUrl: "https://km.test", apiKey: "${KEY}" }';
    const withoutKeys = configurationText({ craft, devTool });
    expect(warningsWith(configurationText(), 0o644)).toEqual([
      `the file: holds keys that everybody on this machine may read: chmod 600 ${path}, or take them from the environment with \${NAME}`,
    ]);
    expect(warningsWith(withoutKeys, 0o646)).toEqual([
      `the file: everybody on this machine may change it: chmod o-w ${path}`,
    ]);
    expect([...warningsWith(withoutKeys, 0o644), ...warningsWith(configurationText(), 0o640)]).toEqual([]);
  });

  it('warns when nothing would be handed over', () => {
    expect(load('craft: { baseUrl: "https://c.test", apiKey: k }').warnings).toEqual([
      'pipelines: there is none, so nothing is handed over',
    ]);
  });
});
