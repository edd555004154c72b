import { describe, expect, it } from 'vitest';
import { configurationText, load, problemsOf, TYPES } from '../../fixtures/configurationFile.js';

function devTool(more: string): string {
  return configurationText({ devTool: `{ type: kitemaker, baseUrl: "https://km.test", apiKey: k, ${more} }` });
}

describe('config/schema/connections', () => {
  it('passes what only the connector knows to the connector, trimmed', () => {
    const { settings } = load(devTool('graphqlUrl: " https://km.test/graphql/ "'));
    expect(settings.devTools['km']?.own).toEqual({ graphqlUrl: 'https://km.test/graphql' });
  });

  it('warns of a key that travels unencrypted to an address that only the connector knows', () => {
    expect(load(devTool('graphqlUrl: "http://km.test/graphql"')).warnings).toEqual([
      'devTools.km.graphqlUrl: sends the key unencrypted to km.test: use https:// where the server can',
    ]);
    expect(load(devTool('graphqlUrl: "http://127.0.0.1:1/graphql"')).warnings).toEqual([]);
  });

  it('suggests the nearest key of all dev tools and of this type', () => {
    expect(problemsOf(devTool('progresEvery: 5 minutes, graphQLurl: "https://km.test"'))).toEqual([
      'devTools.km.progresEvery (line 3): unknown key; did you mean "progressEvery"?',
      'devTools.km.graphQLurl (line 3): unknown key; did you mean "graphqlUrl"?',
    ]);
  });

  it('says what is wrong with what only the connector knows, in the same words', () => {
    expect(problemsOf(devTool('graphqlUrl: here'))).toEqual([
      'devTools.km.graphqlUrl (line 3): "here" is not a web address: write it in full, with http:// or https://',
    ]);
  });

  it('takes a limit of each month as it takes one of each minute, without a warning', () => {
    const { settings, warnings } = load(devTool('rateLimit: { perMinute: 60, perMonth: 50000 }'));
    expect(settings.devTools['km']?.rateLimit).toEqual({ perMinute: 60, burst: 1, perMonth: 50_000 });
    expect(warnings).toEqual([]);
  });

  describe('of CraftDesk', () => {
    const craftdesk = (more: string) =>
      configurationText({
        devTool: `{ type: craftdesk, baseUrl: "https://api.craftdesk.app/v1/", apiKey: k${more} }`,
        pipeline: { target: '{ devTool: km }' },
      });

    it('fills in the documented defaults, and has no limit without a plan', () => {
      expect(load(craftdesk('')).settings.devTools['km']).toMatchObject({
        baseUrl: 'https://api.craftdesk.app/v1',
        rateLimit: { perMinute: null, perMonth: null },
        own: { statusProperty: 'status', signatureHeader: 'X-CraftDesk-Signature' },
      });
    });

    it.each([
      ['starter', 10, 1_000],
      ['professional', 100, 50_000],
      ['business', 1_000, 500_000],
    ])('takes the limits of the plan %s, unless rateLimit sets others', (plan, perMinute, perMonth) => {
      const limitOf = (more: string) => load(craftdesk(`, plan: ${plan}${more}`)).settings.devTools['km']?.rateLimit;
      expect(limitOf('')).toEqual({ perMinute, burst: 1, perMonth });
      expect(limitOf(', rateLimit: { perMinute: 5 }')).toEqual({ perMinute: 5, burst: 1, perMonth });
    });

    it('says what is wrong with a plan, a header and a target', () => {
      expect(problemsOf(craftdesk(', plan: free, signatureHeader: "X Signature"'))).toEqual([
        expect.stringMatching(/^devTools\.km\.plan \(line 3\): "free" is not one of starter, professional, business/),
        expect.stringMatching(/^devTools\.km\.signatureHeader \(line 3\): .*is not the name of a header/),
      ]);
      const target = craftdesk('').replace('{ devTool: km }', '{ devTool: km, projectId: "1" }');
      expect(problemsOf(target)).toEqual([expect.stringContaining('pipelines.mobile.target.projectId')]);
    });
  });

  it('does not judge the keys of a type that does not exist', () => {
    const text = configurationText({
      devTool: '{ type: jira, baseUrl: "https://j.test", apiKey: k, project: x }',
      pipeline: { target: '{ devTool: km, anything: goes }', fields: '{ whatever: "{title}" }' },
    });
    expect(problemsOf(text)).toEqual([`devTools.km.type (line 3): "jira" is not one of ${TYPES}`]);
  });

  it('names what every connection needs', () => {
    expect(problemsOf(configurationText({ devTool: '{ rateLimit: {} }' }))).toEqual([
      'devTools.km.baseUrl (line 3): is required',
      'devTools.km.apiKey (line 3): is required',
      'devTools.km.type (line 3): is required',
    ]);
  });

  it('refuses a burst that the limit does not allow', () => {
    expect(problemsOf(devTool('rateLimit: { perMinute: 10, burst: 11 }'))).toEqual([
      'devTools.km.rateLimit.burst (line 3): a burst greater than perMinute would break the limit: write at most perMinute',
    ]);
  });

  it('takes the address that webhooks are registered under, and only together with their secret', () => {
    const url = 'webhookUrl: "https://sync.test/webhooks/km/"';
    const { settings, secrets } = load(devTool(`${url}, webhookSecret: whsec_1`));
    expect(settings.devTools['km']).toMatchObject({
      webhookUrl: 'https://sync.test/webhooks/km',
      expectsWebhooks: true,
    });
    expect(JSON.stringify(settings)).not.toContain(secrets.webhookSecret('km'));
    expect(load(devTool('timeout: 5 seconds')).settings.devTools['km']).toMatchObject({
      webhookUrl: null,
      expectsWebhooks: false,
    });
    expect(problemsOf(devTool(url))).toEqual([
      'devTools.km.webhookUrl (line 3): needs webhookSecret: without it no webhook can be verified',
    ]);
  });

  it('takes an address of items with placeholders', () => {
    const text = devTool('itemUrl: "https://km.test/acme/{spaceKey}/items/{number}"');
    expect(load(text).settings.devTools['km']?.itemUrl).toBe('https://km.test/acme/{spaceKey}/items/{number}');
    expect(problemsOf(devTool('itemUrl: "{spaceKey}"'))).toEqual([
      'devTools.km.itemUrl (line 3): "{spaceKey}" is not a web address: write for example "https://tool.example/{spaceKey}/{number}"',
    ]);
  });
});
