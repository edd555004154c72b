/** `npm run test:faults -- --defects`: each broken build is caught, and its plan passes without the defect. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownServers, type Servers } from './actions/servers.js';
import { keepRun, say } from './batch.js';
import { breakBuild, DEFECTS, type Defect } from './defects.js';
import { readOptions } from './options.js';
import { run } from './run.js';

const options = readOptions();

async function checksOf({ plan }: Defect, servers: Servers, main?: string): Promise<readonly string[]> {
  const { record, findings } = await run(plan, servers, main);
  keepRun(options.keep, plan, record, findings);
  return [...new Set(findings.map(({ check }) => check))];
}

describe.skipIf(!options.defects)('faults/processes/defects', () => {
  let servers: Servers;
  beforeAll(async () => {
    servers = await ownServers();
  });
  afterAll(() => servers.close());

  const tried = DEFECTS.filter(({ name }) => name.includes(options.named));
  it.each(tried.map((defect) => [defect.name, defect] as const))('it is caught when %s', async (name, defect) => {
    const build = await breakBuild(defect);
    try {
      const caught = await checksOf(defect, servers, build.main);
      say(`${name}: ${caught.join('; ') || 'nothing was found'}`);
      expect(caught).toEqual(expect.arrayContaining([...defect.caughtBy]));
    } finally {
      await build.remove();
    }
    expect(await checksOf(defect, servers), 'without the defect').toEqual([]);
  });
});
