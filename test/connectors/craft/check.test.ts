import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../connectors/port/finding.js';
import type { PipelineSettings } from '../../../domain/settings.js';
import { lock, pipelineWith, progress } from '../../fixtures/craftItems.js';
import { ACCOUNT, KEY, PORTAL, PORTFOLIO, WORKSPACE } from './craftServer.js';
import { DEVELOPING, item, read, open, type SetUp } from './setUp.js';

const fields = ['dev_status', 'dev_link', 'dev_key', 'dev_state', 'dev_lock', 'team'].map((name, index) => ({
  id: String(2305843010172190001n + BigInt(index)),
  name,
}));
const items = () => [item(1), item(2, { status: DEVELOPING })];
const mobile = (changes: Partial<PipelineSettings> = {}) =>
  pipelineWith({}, { source: { workspace: WORKSPACE }, ...changes });
const notOk = (findings: readonly Finding[]) => findings.filter(({ level }) => level !== 'ok');
const checked = async (made: SetUp, ...pipelines: PipelineSettings[]) => notOk(await made.craft.check(pipelines, read));

describe('connectors/craft/check: check', () => {
  it.each(['guide', 'swagger'] as const)('finds nothing wrong where nothing is (%s)', async (dialect) => {
    const made = await open({ dialect, items: items(), fields }, { accountId: ACCOUNT });
    const findings = await made.craft.check([mobile(), mobile({ name: 'web' })], read);
    expect(notOk(findings)).toEqual([]);
    expect(findings.find(({ where }) => where === 'craft.apiKey')?.message).toContain('key accepted');
    expect(findings).toContainEqual({
      level: 'ok',
      where: 'pipelines.mobile.source.workspace',
      message: 'workspace "Mobile"',
    });
  });

  it('writes nothing, and looks at a source once for all its pipelines', async () => {
    const made = await open({ dialect: 'guide', items: items(), fields });
    await made.craft.check([mobile(), mobile({ name: 'web' })], read);
    expect(made.server.requests.every(({ method }) => method === 'GET')).toBe(true);
    expect(made.server.calls().filter((call) => call.endsWith('/custom_fields'))).toHaveLength(1);
    expect(made.memory.stored.size).toBe(0);
  });

  it.each(['guide', 'swagger'] as const)(
    'says once that a key is not accepted, never the key (%s)',
    async (dialect) => {
      const made = await open({ dialect, items: items(), fields }, { accountId: ACCOUNT });
      made.server.options.intercept = () => ({ status: 401, body: { message: `No access to account with ${KEY}` } });
      const findings = await checked(made, mobile(), mobile({ name: 'web' }));
      expect(findings).toHaveLength(1);
      expect(findings[0]).toMatchObject({ level: 'wrong', where: 'craft.apiKey' });
      expect(findings[0]?.message).toContain('No access to account');
      expect(JSON.stringify(findings)).not.toContain(KEY);
    },
  );

  it('warns of a key that may not write, of another account, and of a key limited to other workspaces', async () => {
    const made = await open({ dialect: 'swagger', items: items(), fields }, { accountId: ACCOUNT });
    const narrowed = {
      userId: '1',
      accountId: '7',
      scopes: ['read:items:craft'],
      resourceScope: { workspaces: ['8'] },
    };
    made.server.options.intercept = ({ path }) => (path === '/me/api-key' ? { status: 200, body: narrowed } : null);
    expect(await checked(made, mobile())).toEqual([
      {
        level: 'warning',
        where: 'craft.apiKey',
        message: 'the key has no scope write:items:craft: locking and progress will be refused',
      },
      {
        level: 'warning',
        where: 'craft.accountId',
        message: `"${ACCOUNT}" is not the account of the key, which is 7`,
      },
      {
        level: 'wrong',
        where: 'pipelines.mobile.source.workspace',
        message: `the key does not cover "${WORKSPACE}"; it is limited to: 8`,
      },
    ]);
  });

  it('shows the id that Craft.io refuses, and suspects baseUrl only where nothing else has answered', async () => {
    const intercept =
      (status: number) =>
      ({ path }: { path: string }) =>
        path.includes('/items') || path === '/me/api-key'
          ? { status, body: { message: 'Invalid workspace ID' } }
          : null;
    const messageFor = async (status: number, settings: { accountId?: string } = {}) => {
      const made = await open({ dialect: 'guide', items: items(), fields }, settings);
      made.server.options.intercept = intercept(status);
      const found = await checked(made, mobile());
      return found.find(({ where }) => where === 'pipelines.mobile.source.workspace')?.message ?? JSON.stringify(found);
    };
    expect(await messageFor(400)).toMatch(new RegExp(`^"${WORKSPACE}": .*Invalid workspace ID`));
    expect(await messageFor(404)).toMatch(
      /; or craft\.baseUrl is the mistake: nothing has answered yet at http:\/\/127\.0\.0\.1:\d+$/,
    );
    expect(await messageFor(404, { accountId: ACCOUNT })).not.toContain('baseUrl');
  });

  it('does without /me/api-key where a server lacks it', async () => {
    const made = await open({ dialect: 'swagger', items: items(), fields });
    made.server.options.intercept = ({ path }) =>
      path === '/me/api-key' ? { status: 404, body: { message: 'Not found' } } : null;
    const findings = await made.craft.check([mobile()], read);
    expect(findings.filter(({ level }) => level === 'wrong')).toEqual([]);
    expect(findings[0]).toMatchObject({ level: 'warning', where: 'craft.apiKey' });
  });

  it('names the workspace, portfolio or portal that the account has instead', async () => {
    const made = await open({ dialect: 'guide', items: items(), fields }, { accountId: ACCOUNT });
    const byName = await checked(made, mobile({ source: { workspace: 'Mobile' } }));
    expect(byName).toContainEqual({
      level: 'wrong',
      where: 'pipelines.mobile.source.workspace',
      message: `"Mobile" is a name; the id is ${WORKSPACE}`,
    });
    const slip = `${PORTFOLIO.slice(0, -1)}9`;
    const portfolio = await checked(made, mobile({ source: { portfolio: slip } }));
    expect(portfolio).toContainEqual({
      level: 'wrong',
      where: 'pipelines.mobile.source.portfolio',
      message: `the account has no portfolio "${slip}"; the nearest is "${PORTFOLIO}", ${PORTFOLIO}`,
    });
    const portal = mobile({ source: { feedbackPortal: 'Ideen' }, lock: null, progress: null });
    expect(await checked(made, portal)).toContainEqual({
      level: 'wrong',
      where: 'pipelines.mobile.source.feedbackPortal',
      message: `the account has no feedback portal "Ideen"; the nearest is "Ideas", ${PORTAL}`,
    });
  });

  it('says where a source cannot be read at all, and does not call a key accepted that was never answered', async () => {
    const made = await open({ dialect: 'guide', items: items(), fields });
    const [finding, ...others] = await checked(made, mobile({ source: { workspace: '999999' } }));
    expect(finding).toMatchObject({ level: 'wrong', where: 'pipelines.mobile.source.workspace' });
    expect(others).toEqual([]);
    await made.server.close();
    const unreachable = await made.craft.check([mobile()], read);
    expect(unreachable).toEqual([expect.objectContaining({ level: 'wrong', where: 'craft.baseUrl' })]);
  });
});

describe('connectors/craft/check: checkPipeline', () => {
  it('names custom fields that do not exist, wherever the configuration uses them', async () => {
    const made = await open({ dialect: 'guide', items: items(), fields });
    const pipeline = pipelineWith(
      {
        effort: { from: 'customFields.Team', values: null, required: false },
        title: { template: '{customFields.tema}' },
      },
      {
        source: { workspace: WORKSPACE },
        progress: { ...progress, linkField: 'dev-link' },
        lock: { ...lock, field: '2305843010172199999' },
        ready: { status: null, types: null, where: [{ field: 'customFields.teams', equals: 'mobile' }] },
      },
    );
    const findings = await checked(made, pipeline);
    expect(findings.map(({ level, where }) => `${level} ${where}`)).toEqual([
      'wrong pipelines.mobile.progress.linkField',
      'wrong pipelines.mobile.lock.field',
      'wrong pipelines.mobile.ready.where.0.field',
      'wrong pipelines.mobile.fields.title',
      'wrong pipelines.mobile.fields.effort.from',
    ]);
    expect(findings[0]?.message).toContain('"dev-link"; the nearest is "dev_link", 2305843010172190002');
    expect(findings[1]?.message).toContain('lists no custom field with the id "2305843010172199999"');
  });

  it('says when two settings are one field, once by name and once by id', async () => {
    const made = await open({ dialect: 'guide', items: items(), fields });
    const pipeline = mobile({ lock: { ...lock, field: fields[0]?.id ?? '' } });
    expect(await checked(made, pipeline)).toEqual([
      {
        level: 'wrong',
        where: 'pipelines.mobile.lock.field',
        message: 'is also the custom field of progress.field: give each its own',
      },
    ]);
  });

  it('warns of a ready status that no item has, and says how a misspelt one is written', async () => {
    const made = await open({ dialect: 'guide', items: items(), fields });
    const ready = (status: string) => mobile({ ready: { status, types: null, where: [] } });
    expect(await checked(made, ready('Ready'))).toEqual([
      {
        level: 'warning',
        where: 'pipelines.mobile.ready.status',
        message: expect.stringContaining('no item that was seen has the status "Ready"; the nearest is') as unknown,
      },
    ]);
    expect(await checked(made, ready('ready for development'))).toEqual([
      {
        level: 'wrong',
        where: 'pipelines.mobile.ready.status',
        message: '"ready for development" is written "Ready for Development" in Craft.io',
      },
    ]);
  });

  it('finds out that the server does not filter by that status', async () => {
    const made = await open({ dialect: 'guide', items: items(), fields });
    made.server.options.intercept = ({ query }) => ('status' in query ? { status: 200, body: [] } : null);
    expect(await checked(made, mobile())).toEqual([
      {
        level: 'wrong',
        where: 'pipelines.mobile.ready.status',
        message: expect.stringContaining('sweeps would find none') as unknown,
      },
    ]);
  });

  it('reports a lock status that was never seen as a warning in the guide, as wrong in the Swagger unless given by id', async () => {
    const status = (value: string) => mobile({ lock: { ...lock, status: value } });
    const guide = await open({ dialect: 'guide', items: [item(1)], fields });
    expect(await checked(guide, status('In Development'))).toMatchObject([
      { level: 'warning', where: 'pipelines.mobile.lock.status' },
    ]);
    const swagger = await open({ dialect: 'swagger', items: [item(1)], fields });
    const [finding] = await checked(swagger, status('In Development'));
    expect(finding).toMatchObject({ level: 'wrong', where: 'pipelines.mobile.lock.status' });
    expect(finding?.message).toContain('give its id');
    expect(await checked(swagger, status(DEVELOPING.id))).toMatchObject([{ level: 'warning' }]);
  });

  it('names paths and types that no item has', async () => {
    const made = await open({ dialect: 'guide', items: items(), fields });
    const pipeline = pipelineWith(
      { effort: { from: 'efort', values: null, required: true }, impact: { template: '{team} {importance.name}' } },
      { source: { workspace: WORKSPACE }, ready: { status: null, types: ['Feature', 'Featur'], where: [] } },
    );
    expect(await checked(made, pipeline)).toEqual([
      {
        level: 'warning',
        where: 'pipelines.mobile.ready.types',
        message: 'no item that was seen is of the type "Featur"; the nearest is "Feature"',
      },
      {
        level: 'wrong',
        where: 'pipelines.mobile.fields.effort.from',
        message: 'Craft.io\'s items have no property "efort"; the nearest is "effort"',
      },
      {
        level: 'wrong',
        where: 'pipelines.mobile.fields.impact',
        message: '"team" is a custom field: write customFields.team',
      },
    ]);
  });

  it('reports entries that are not as documented, without their texts', async () => {
    const made = await open({ dialect: 'guide', items: [...items(), item(3, { title: ['Hidden plan'] })], fields });
    expect(await checked(made, mobile())).toEqual([
      {
        level: 'warning',
        where: 'pipelines.mobile.source',
        message: '1 entries are not as documented and will wait; CRK-3: title is a list, a string is documented',
      },
    ]);
  });
});
