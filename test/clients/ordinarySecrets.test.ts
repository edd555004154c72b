import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../config/deployment.js';
import { ordinarySecrets } from '../../clients/ordinarySecrets.js';
import { configurationText, load } from '../fixtures/configurationFile.js';

describe('clients/ordinarySecrets', () => {
  it('warns once of each place whose secret is an ordinary word, without the word', () => {
    const configuration = load(
      configurationText({
        craft: '{ baseUrl: "https://c.test", apiKey: Listener, proxy: "http://me:pipeline@proxy.test:1" }',
        devTool: '{ type: kitemaker, baseUrl: "https://km.test", apiKey: km-key-4711, webhookSecret: pipeline }',
        more: 'alerts: { webhook: "https://chat.test/in/Pipeline?token=Workflow" }',
      }),
    );
    const deployment = { databaseUrl: 'postgres://craftsync:temporal@db/x' } as Deployment;
    const warnings = ordinarySecrets(
      { CRAFTSYNC_TOKEN: 'no-word-4711', PGPASSWORD: 'workflow', TEMPORAL_API_KEY: 'temporal' },
      deployment,
      configuration,
    );
    expect(warnings.map((warning) => warning.split(': ')[0])).toEqual([
      'TEMPORAL_API_KEY',
      'PGPASSWORD',
      'DATABASE_URL',
      'craft.apiKey',
      'craft.proxy',
      'devTools.km.webhookSecret',
      'alerts.webhook',
    ]);
    expect(warnings.map((warning) => warning.split(': ').slice(1)).join()).not.toMatch(
      /listener|pipeline|temporal|workflow/i,
    );
  });
});
