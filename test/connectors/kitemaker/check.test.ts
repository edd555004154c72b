import { describe, expect, it } from 'vitest';
import type { PipelineSettings } from '../../../domain/settings.js';
import type { DevToolConnector } from '../../../connectors/port/devTool.js';
import { call, kitemaker, type Script } from './setUp.js';

describe('connectors/kitemaker/check', () => {
  const pipeline = (target: unknown, more: Partial<PipelineSettings> = {}): PipelineSettings => ({
    name: 'mobile',
    source: { workspace: '1' },
    ready: { status: 'Ready', types: null, where: [] },
    devTool: 'km',
    target,
    sweepEveryMs: 1,
    driftEveryMs: 1,
    maxNewPerSweep: 1,
    fields: { title: { template: '{title}' }, description: { from: 'description', values: null, required: true } },
    progress: null,
    lock: null,
    onDevItemDeleted: 'flag',
    settleForMs: 1,
    feedback: 'none',
    alsoHandedOver: false,
    timeZone: 'UTC',
    ...more,
  });
  const progress = (statuses: Record<string, string>) =>
    ({
      field: 'f',
      linkField: null,
      keyField: null,
      stateField: null,
      statuses,
      unmapped: 'block',
      doneWhen: [],
      droppedWhen: [],
      onDropped: 'flag',
    }) as const;
  const organization: Script = (r) => (r.url.endsWith('/organization') ? { body: { id: 'o', name: 'Acme' } } : null);
  const wrongs = async (connector: DevToolConnector, one: PipelineSettings) =>
    (await connector.check([one], call)).filter((f) => f.level === 'wrong').map((f) => `${f.where}: ${f.message}`);

  it('finds nothing wrong in a valid configuration', async () => {
    const { connector } = await kitemaker(organization);
    const one = pipeline(
      { spaceId: 'space-1', status: 'To do' },
      { progress: progress({ 'To do': 'Open', Done: 'Done' }) },
    );
    const findings = await connector.check([one], call);
    expect(findings.filter((f) => f.level === 'wrong')).toEqual([]);
    expect(findings[0]).toMatchObject({ level: 'ok', message: 'key accepted by Kitemaker, organisation "Acme"' });
  });

  it('names the bad value, its place and the nearest that exists', async () => {
    const { connector } = await kitemaker(organization);
    const cases: readonly [PipelineSettings, string][] = [
      [
        pipeline({ spaceId: 'space-9', status: 'x' }),
        'pipelines.mobile.target.spaceId: the key sees no space with the id "space-9"; the nearest is "Mobile", space-1',
      ],
      [
        pipeline({ spaceId: 'MOB', status: 'x' }),
        'pipelines.mobile.target.spaceId: "MOB" is not an id; the id of that space is space-1',
      ],
      [
        pipeline({ spaceId: 'space-1', status: 'Todo' }),
        'pipelines.mobile.target.status: the space MOB has no status "Todo"; the nearest is "To do"',
      ],
      [
        pipeline({ statusId: 'st-dun' }),
        'pipelines.mobile.target.statusId: no space has a status with the id "st-dun"; the nearest is "Done", st-done',
      ],
      [
        pipeline({ spaceId: 'space-1', statusId: 'st-web' }),
        'pipelines.mobile.target.statusId: the space MOB has no status with the id "st-web"; the nearest is',
      ],
      [
        pipeline({ statusId: 'st-todo', labels: ['from kraft'] }),
        'pipelines.mobile.target.labels: the space MOB has no label "from kraft"; the nearest is "from craft"; or set createLabels',
      ],
      [
        pipeline({ statusId: 'st-todo' }, { progress: progress({ 'To do': 'a', Doone: 'b' }) }),
        'pipelines.mobile.progress.statuses: the space MOB has no status "Doone"; the nearest is "Done"',
      ],
      [
        pipeline(
          { statusId: 'st-todo' },
          { fields: { effort: { from: 'effort', values: { '1': 'smal' }, required: false } } },
        ),
        'pipelines.mobile.fields.effort.values: "smal" is none of "small", "medium", "large"; the nearest is "small"',
      ],
      [
        pipeline({ statusId: 'st-todo' }, { fields: { efort: { template: 'x' } } }),
        'pipelines.mobile.fields.efort: Kitemaker has no field "efort"; the nearest is "effort"',
      ],
    ];
    for (const [one, expected] of cases) {
      const found = await wrongs(connector, one);
      expect(found).toHaveLength(1);
      expect(found[0]).toContain(expected);
    }
  });

  it('warns of statuses without an entry, and of words of another space', async () => {
    const { connector } = await kitemaker(organization);
    const one = pipeline({ statusId: 'st-todo' }, { progress: progress({ Done: 'Done', Later: 'x' }) });
    const warnings = (await connector.check([one], call)).filter((f) => f.level === 'warning').map((f) => f.message);
    expect(warnings).toContain('"Later" is a status of the space WEB, not of MOB');
    expect(warnings).toContain('without an entry: "To do"; such items are set aside (unmapped: block)');
  });

  it('a wrong key is a finding at the key, an HTML page is one at the address', async () => {
    const refusing = await kitemaker(() => ({
      status: 401,
      body: { errors: [{ message: 'No', status: 401, code: 'UNAUTHORIZED' }] },
    }));
    const one = pipeline({ statusId: 'st-todo' });
    expect((await wrongs(refusing.connector, one))[0]).toContain(
      'devTools.km.apiKey: km: GET /organization was refused with status 401',
    );
    const page = await kitemaker(() => ({ body: '<html>', headers: { 'content-type': 'text/html' } }));
    expect((await wrongs(page.connector, one))[0]).toContain(
      'devTools.km.baseUrl: km: GET /organization answered with HTML',
    );
  });
});
