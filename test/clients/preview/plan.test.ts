import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withConnectors } from '../../../clients/readOnlyConnectors.js';
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

/** Of the sandbox's pipeline, into this initiative. */
async function previewed(initiative: string): Promise<Preview> {
  const path = join(temporaryFolder(), 'craftsync.yaml');
  writeFileSync(path, sandboxConfiguration(sandbox));
  const configuration = loadConfiguration({ path, env: {} });
  const [pipeline] = Object.values(configuration.settings.pipelines);
  if (pipeline === undefined) throw new Error('the sandbox has no pipeline');
  const target = { ...(pipeline.target as object), initiative };
  return await withConnectors(configuration, (connectors) =>
    previewPipeline({ connectors, pipeline: { ...pipeline, target } }),
  );
}

describe('clients/preview/plan', () => {
  it('names an initiative that there is not, with the nearest, and nothing of one that is called by its title', async () => {
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
