import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../config/deployment.js';
import { ordinarySecrets } from '../../clients/ordinarySecrets.js';
import { configurationText, load } from '../fixtures/configurationFile.js';

describe('clients/ordinarySecrets', () => {
  it('warns once of each place whose secret is an ordinary word, without the word', () => {
    const configuration = load(
      configurationText({
        craft: '{ baseUrl: "https://c.test", apiKey: Listener }',
        devTool: '{ type: kitemaker, baseUrl: "https://km.test", apiKey: km-key-4711, webhookSecret: pipeline }',
      }),
    );
    const deployment = { databaseUrl: 'postgres://craftsync:temporal@db/x' } as Deployment;
    const warnings = ordinarySecrets(
      { CRAFTSYNC_TOKEN: 'no-word-4711', PGPASSWORD: 'workflow' },
      deployment,
      configuration,
    );
    expect(warnings.map((warning) => warning.split(': ')[0])).toEqual([
      'PGPASSWORD',
      'DATABASE_URL',
      'craft.apiKey',
      'devTools.km.webhookSecret',
    ]);
    expect(warnings.join()).not.toMatch(/listener|pipeline|temporal|workflow/i);
  });
});
