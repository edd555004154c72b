import { describe, expect, it } from 'vitest';
import { configurationText, load, problemsOf } from '../../fixtures/configurationFile.js';

function problemOfKey(key: string, env: NodeJS.ProcessEnv = {}) {
  const craft = `{ baseUrl: "https://c.test", apiKey: ${JSON.stringify(key)} }`;
  return problemsOf(configurationText({ craft }), env).map((line) => line.replace('craft.apiKey (line 1): ', ''));
}

describe('config/schema/secrets', () => {
  it.each([
    '$CRAFT_API_KEY',
    '%CRAFT_API_KEY%',
    '$env:CRAFT_API_KEY',
    '{{ CRAFT_API_KEY }}',
    '$(CRAFT_API_KEY)',
    '{CRAFT_API_KEY}',
  ])('asks whether %s was meant as ${CRAFT_API_KEY}', (written) => {
    expect(problemOfKey(written)).toEqual([
      `is the name of a variable, ${written}, and not its value: meant as "\${CRAFT_API_KEY}"?`,
    ]);
  });

  it.each(['$Tr0ngPassw0rd', '%Zq9LeakMe42%', '{ZQ9_LEAKME42}'])(
    'takes a secret that only resembles one: %s',
    (secret) => {
      const craft = `{ baseUrl: "https://c.test", apiKey: "${secret}" }`;
      const { secrets } = load(configurationText({ craft }));
      expect(secrets.apiKey('craft')).toBe(secret);
      expect(secrets.all()).toContain(secret);
    },
  );

  it.each(['$StrongPassword', '%LeakMePlease%'])('refuses what may be a variable or a secret unseen: %s', (written) => {
    expect(problemOfKey(written)).toEqual([
      'looks like the name of a variable, and not like its value: write ${NAME}; ' +
        'a secret of letters alone with such signs around it cannot be used: have another one made',
    ]);
  });

  it.each(['"ck_1234567"', "'ck_1234567'", '“ck_1234567”', '‘ck_1234567’'])(
    'refuses a key with quote marks around it: %s',
    (key) => {
      const told =
        'has quote marks around it: take them out (Docker keeps those of an env file, and they belong to the key then)';
      expect(problemOfKey(key)).toEqual([told]);
      expect(problemOfKey('${KEY}', { KEY: key })).toEqual([told]);
    },
  );

  it('tells the usual mistakes from a wrong character, and shows no key', () => {
    expect(problemOfKey('Bearer ck_1234567')).toEqual(['begins with the word "Bearer": write the key alone']);
    expect(problemOfKey('<your key>')).toEqual(['is a place holder: put the real one there']);
    expect(problemOfKey('ck_12\u200b34567')).toEqual([
      'contains a blank or a character that no API key has: copy the key again',
    ]);
  });

  it('warns of a key that travels unencrypted, but not to this machine', () => {
    const warningsOf = (baseUrl: string) =>
      load(configurationText({ craft: `{ baseUrl: "${baseUrl}", apiKey: k }` })).warnings;
    expect(warningsOf('http://craft.example:8080')).toEqual([
      'craft.baseUrl: sends the key unencrypted to craft.example: use https:// where the server can',
    ]);
    expect(
      ['http://127.0.0.1:1', 'http://[::1]:1', 'http://localhost', 'https://craft.example'].flatMap(warningsOf),
    ).toEqual([]);
  });

  it('warns of a webhook secret that can be guessed', () => {
    const devTool = '{ type: kitemaker, baseUrl: "https://km.test", apiKey: k, webhookSecret: x }';
    expect(load(configurationText({ devTool })).warnings).toEqual([
      'devTools.km.webhookSecret: has fewer than 16 characters: whoever guesses it can forge webhooks',
    ]);
  });
});
