import { describe, expect, it } from 'vitest';
import type { DevToolConnector } from '../../../connectors/port/devTool.js';
import type { PipelineSettings } from '../../../domain/settings.js';
import { pipelineTo } from '../conformance/connectTool.js';
import { call, craftnote, project, type Script } from './setUp.js';

const PAGE = 'https://app.mycraftnote.de/#/project?id=';

const company: Script = ({ url }) => {
  const path = url.replace('/api/v1', '');
  if (path === '/company/members/me') return { body: { id: 'm', role: 'EMPLOYEE' } };
  if (path.startsWith('/projects?')) return { body: { projects: [project(1, { id: 'p-1' })] } };
  if (path === '/projects/p-1/deeplink') return { body: { webLink: `${PAGE}p-1`, appDeepLink: 'mycrafty://x' } };
  if (path === '/projects/p-1') return { body: project(1, { id: 'p-1' }) };
  if (path === '/projects/f-1') return { body: project(2, { id: 'f-1', projectType: 'FOLDER' }) };
  if (path === '/projects/f-2') return { body: project(3, { id: 'f-2', projectType: 'FOLDER', archived: true }) };
  return null;
};

const findings = (connector: DevToolConnector, one: PipelineSettings, level: 'wrong' | 'warning') =>
  connector
    .check([one], call)
    .then((all) => all.filter((finding) => finding.level === level).map((f) => `${f.where}: ${f.message}`));

describe('connectors/craftnote/check', () => {
  it.each([
    [pipelineTo({ resource: 'project', status: 'To Do', parentProject: 'f-1' }, ['To Do', 'archived', 'no status'])],
    [pipelineTo({ resource: 'project' }, ['Done'])],
    [pipelineTo({ resource: 'task', projectId: 'p-1' }, ['open', 'done'])],
  ])('finds nothing wrong in a valid configuration', async (one) => {
    const { connector } = await craftnote(company);
    expect(await findings(connector, one, 'wrong')).toEqual([]);
    expect(await findings(connector, one, 'warning')).toEqual([]);
  });

  it.each([
    [
      pipelineTo({ resource: 'project', status: 'Todo' }, []),
      'pipelines.mobile.target.status: the company has no status "Todo"; the nearest is "To Do"',
    ],
    [
      pipelineTo({ resource: 'project', statusId: 'st-dune' }, []),
      'pipelines.mobile.target.statusId: the company has no status with the id "st-dune"; the nearest is "Done", st-done',
    ],
    [
      pipelineTo({ resource: 'project', parentProject: 'p-1' }, []),
      'pipelines.mobile.target.parentProject: "p-1" is not a folder (projectType PROJECT)',
    ],
    [
      pipelineTo({ resource: 'task', projectId: 'p-9' }, []),
      'pipelines.mobile.target.projectId: Craftnote has no project with the id "p-9"',
    ],
    [
      pipelineTo({ resource: 'task', projectId: 'p-1' }, ['Open']),
      'pipelines.mobile.progress.statuses: Craftnote has no status "Open"; the nearest is "open"',
    ],
    [
      pipelineTo({ resource: 'project' }, ['archive']),
      'pipelines.mobile.progress.statuses: Craftnote has no status "archive"; the nearest is "archived"',
    ],
    [
      { ...pipelineTo({ resource: 'project' }, []), fields: { stret: { template: 'x' } } },
      'pipelines.mobile.fields.stret: a Craftnote project has no field "stret"; the nearest is "street"',
    ],
    [
      { ...pipelineTo({ resource: 'task', projectId: 'p-1' }, []), fields: { city: { template: 'x' } } },
      'pipelines.mobile.fields.city: a Craftnote task has no field "city"; the nearest is "title"',
    ],
  ])('names the bad value, its place and the nearest that exists', async (one, message) => {
    const { connector } = await craftnote(company);
    expect(await findings(connector, one, 'wrong')).toEqual([message]);
  });

  it("warns of an owner's key, of an archived folder, and of links that Craftnote forms differently", async () => {
    const { connector } = await craftnote((request) => {
      if (request.url.endsWith('/members/me')) return { body: { role: 'OWNER' } };
      if (request.url.endsWith('/deeplink')) return { body: { webLink: 'https://new.example/p/p-1' } };
      return company(request);
    });
    const one = pipelineTo({ resource: 'project', parentProject: 'f-2' }, []);
    const warnings = await findings(connector, one, 'warning');
    expect(warnings).toHaveLength(3);
    expect(warnings[0]).toContain("devTools.tool.apiKey: the key is an owner's");
    expect(warnings[1]).toContain('set itemUrl to "https://new.example/p/{id}"');
    expect(warnings[2]).toBe('pipelines.mobile.target.parentProject: the folder "f-2" is archived');
  });

  it('a key that is not accepted is reported once, at the key', async () => {
    const { connector } = await craftnote(() => ({
      status: 401,
      body: { code: 'Error', description: '[token_not_found] The token could not be found' },
    }));
    const one = pipelineTo({ resource: 'task', projectId: 'p-1' }, []);
    expect(await findings(connector, one, 'wrong')).toEqual([
      'devTools.tool.apiKey: tool: GET /company/members/me was refused with status 401: [token_not_found] The token could not be found (Error)',
    ]);
  });
});
