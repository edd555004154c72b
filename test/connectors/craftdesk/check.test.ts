import { describe, expect, it } from 'vitest';
import type { DevToolSettings, PipelineSettings } from '../../../domain/settings.js';
import { pipelineTo } from '../conformance/connectTool.js';
import { call, craftdesk, many, page, project, serving, type Script } from './setUp.js';

const MINUTE = 60_000;

function pipeline(statuses: readonly string[], more: Partial<PipelineSettings> = {}): PipelineSettings {
  return { ...pipelineTo({}, statuses), devTool: 'cd', ...more };
}

async function check(script: Script, pipelines: readonly PipelineSettings[], settings: Partial<DevToolSettings> = {}) {
  const { connector } = await craftdesk(script, settings);
  const findings = await connector.check(pipelines, call);
  return findings.map(({ level, where, message }) => `${level} ${where}: ${message}`);
}

const sound = serving(() => [project(1, { status: 'In Progress' })]);

describe('connectors/craftdesk/check', () => {
  it('says what the key sees, and that nothing shows whether it may create', async () => {
    const findings = await check(sound, [pipeline(['In Progress'])], { own: { plan: 'business' } });
    expect(findings).toEqual([
      'ok devTools.cd.baseUrl: key accepted by CraftDesk, it sees 1 projects',
      'warning devTools.cd.apiKey: whether the key may create projects shows only at the first create: it has the rights of its creator',
    ]);
  });

  it('names words that no project has, with the nearest, and seen words without an entry', async () => {
    const findings = await check(sound, [pipeline(['In Progres', 'archived'])]);
    expect(findings).toContain(
      'warning pipelines.mobile.progress.statuses: no project has the status "In Progres" now; the nearest is "In Progress"',
    );
    expect(findings).toContain(
      'ok pipelines.mobile.progress.statuses: without an entry: "In Progress" (unmapped: keep)',
    );
  });

  it('names fields and target keys that CraftDesk does not have', async () => {
    const fields = { title: { template: '{title}' }, descripton: { template: 'x' } };
    const findings = await check(sound, [pipeline([], { fields, target: { projectId: 'x' } })]);
    expect(findings).toContain(
      'wrong pipelines.mobile.fields.descripton: CraftDesk has no field "descripton"; the nearest is "description"',
    );
    expect(findings.some((line) => line.startsWith('wrong pipelines.mobile.target'))).toBe(true);
  });

  it('says that no project shows the status property', async () => {
    expect(
      await check(
        serving(() => [project(1)]),
        [],
      ),
    ).toContain(
      'warning devTools.cd.statusProperty: no project shows a "status": each counts as "active" until it is archived',
    );
  });

  it('points at the key for a 401 and a 403, and still judges the mappings', async () => {
    for (const status of [401, 403]) {
      const refused: Script = () => ({ status, body: { message: 'No', code: status, errors: {} } });
      const findings = await check(refused, [pipeline([], { target: { x: 1 } })]);
      expect(findings[0]).toMatch(/^wrong devTools\.cd\.apiKey: /);
      expect(findings).toHaveLength(2);
    }
  });

  it('says what the sweeps cost where the plan does not cover it', async () => {
    const own = { plan: 'starter' };
    const rateLimit = { perMinute: 10, burst: 1, perMonth: 1_000 };
    const two = serving(() => many(150));
    expect(await check(two, [], { own, rateLimit, progressEveryMs: 5 * MINUTE })).toContain(
      'warning devTools.cd.progressEvery: reading 2 page(s) of 100 projects that often makes about 17280 calls a month of 1000: at least 173 minutes use up half of them',
    );
    const rare = await check(two, [], { own, rateLimit, progressEveryMs: 173 * MINUTE });
    expect(rare.filter((line) => line.includes('progressEvery'))).toEqual([]);
  });

  it('notices a plan other than the configured one, and a missing one', async () => {
    const professional: Script = (request) => ({ ...page(request, []), headers: { 'x-ratelimit-limit': '50000' } });
    const findings = await check(professional, [], { own: { plan: 'starter' } });
    expect(findings).toContain(
      'warning devTools.cd.plan: CraftDesk says 50000 calls a month, and the plan "starter" has 1000',
    );
    expect(await check(sound, [])).toContain(
      'warning devTools.cd.plan: nothing limits the calls: give plan, "starter", "professional", "business"',
    );
  });
});
