import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withConnectors } from '../../../clients/connectors.js';
import { loadConfiguration } from '../../../config/configuration.js';
import { sandboxConfiguration } from '../../../sandbox/configuration/configuration.js';
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox.js';
import { type Preview, previewPipeline } from '../../../clients/preview/plan.js';
import { temporaryFolder } from '../../fixtures/configurationFile.js';
import { makeInitiative } from '../../harness/deployment/initiatives.js';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ port: 0, items: 0 });
  makeInitiative(sandbox, []);
});
afterEach(() => sandbox.close());

/** The preview of the sandbox's pipeline into this initiative. */
async function previewed(initiative: string): Promise<Preview> {
  const path = join(temporaryFolder(), 'craftsync.yaml');
  writeFileSync(path, sandboxConfiguration(sandbox));
  const configuration = loadConfiguration({ path, env: {} });
  const [pipeline] = Object.values(configuration.settings.pipelines);
  if (pipeline === undefined) throw new Error('the sandbox has no pipeline');
  const target = { ...(pipeline.target as object), initiative };
  return await withConnectors(configuration, (connectors) => previewPipeline(connectors, { ...pipeline, target }));
}

describe('clients/preview/plan', () => {
  it('reports an initiative that does not exist, with the nearest, and accepts one by its title', async () => {
    const { wrong } = await previewed('By hnad');
    expect(wrong.filter(({ where }) => where.includes('.target'))).toEqual([
      {
        level: 'wrong',
        where: expect.stringMatching(/^pipelines\.[a-z0-9-]+\.target\.initiative$/) as string,
        message: expect.stringMatching(
          /no initiative has the id or title "By hnad"; the nearest is "By hand"/,
        ) as string,
      },
    ]);
    expect((await previewed('By hand')).wrong.filter(({ where }) => where.includes('.target'))).toEqual([]);
  });
});
