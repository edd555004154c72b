import { describe, expect, it } from 'vitest';

import { appliedOf, configurationChanges, parseRename, renameProblem } from '../../../clients/apply/changes.js';
import { readApplied } from '../../../domain/applied.js';
import { pipelineOf, settingsOf } from '../../fixtures/settings.js';

const before = appliedOf(settingsOf([pipelineOf('mobile'), pipelineOf('web', { source: { workspace: '2' } })]));

function changesTo(
  pipelines: Parameters<typeof settingsOf>[0],
  renamed: Parameters<typeof configurationChanges>[2] = [],
) {
  return configurationChanges(before, appliedOf(settingsOf(pipelines)), renamed);
}

const web = pipelineOf('web', { source: { workspace: '2' } });

describe('clients/apply/changes', () => {
  it('sees nothing in the same configuration, whatever the order of its keys', () => {
    const again = readApplied(JSON.parse(JSON.stringify(before)) as Record<string, unknown>);
    const shuffled = settingsOf([web, pipelineOf('mobile', { target: { statusId: 's', spaceId: 'a' } })]);
    const changes = configurationChanges(again, appliedOf(shuffled), []);
    expect(changes).toMatchObject({ appeared: [], removed: [], retargeted: [], remapped: [], suspected: [] });
  });

  it('suspects a new name where a pipeline with the same source and dev tool appears', () => {
    expect(changesTo([pipelineOf('app'), web]).suspected).toEqual([{ from: 'mobile', to: 'app' }]);
  });

  it('suspects nothing where source or dev tool differs', () => {
    expect(changesTo([pipelineOf('app', { source: { workspace: '9' } }), web]).suspected).toEqual([]);
    expect(changesTo([pipelineOf('app', { devTool: 'other' }), web]).suspected).toEqual([]);
  });

  it('suspects nothing where a pipeline only disappears, or only appears', () => {
    expect(changesTo([web])).toMatchObject({ removed: ['mobile'], suspected: [] });
    expect(changesTo([pipelineOf('mobile'), pipelineOf('app'), web])).toMatchObject({
      appeared: ['app'],
      suspected: [],
    });
  });

  it('counts a renamed pipeline as kept: neither removed nor suspected, and its changed mapping is seen', () => {
    const renamed = [{ from: 'mobile', to: 'app' }];
    const changes = changesTo([pipelineOf('app', { statuses: { Done: 'Shipped' } }), web], renamed);
    expect(changes).toMatchObject({ removed: [], suspected: [], remapped: ['app'] });
  });

  it('tells a changed target from a changed mapping', () => {
    expect(changesTo([pipelineOf('mobile', { target: { spaceId: 'b' } }), web])).toMatchObject({
      retargeted: ['mobile'],
      remapped: [],
    });
    expect(changesTo([pipelineOf('mobile', { statuses: { Done: 'Shipped' } }), web])).toMatchObject({
      retargeted: [],
      remapped: ['mobile'],
    });
  });

  it('treats everything as new where nothing was applied before', () => {
    const changes = configurationChanges(null, before, []);
    expect(changes).toMatchObject({ appeared: ['mobile', 'web'], removed: [], retargeted: [], remapped: [] });
  });

  it('treats a record of an unknown shape as none', () => {
    expect(readApplied({ pipelines: { mobile: { devTool: 1 } }, devTools: [] })).toBeNull();
    expect(readApplied(null)).toBeNull();
  });

  it('reads old=new and nothing else as a rename', () => {
    expect(parseRename('mobile=app')).toEqual({ from: 'mobile', to: 'app' });
    for (const text of ['mobile', 'mobile=', '=app', 'a=b=c', 'Mobile=app']) expect(parseRename(text)).toBeNull();
  });

  it('says why a rename is impossible', () => {
    const problem = (to: string, pipelines: Parameters<typeof settingsOf>[0], from = 'mobile') =>
      renameProblem({ from, to }, before, appliedOf(settingsOf(pipelines)));
    expect(problem('app', [pipelineOf('app'), web])).toBeNull();
    expect(problem('app', [pipelineOf('app'), pipelineOf('mobile')])).toContain('mobile is still in the configuration');
    expect(problem('app', [web])).toContain('has no pipeline app');
    expect(problem('web', [web])).toContain('two pipelines cannot become one');
    expect(problem('app', [pipelineOf('app', { devTool: 'other' })])).toContain('source or dev tool differs');
    expect(problem('app', [pipelineOf('app')], 'never')).toContain('nothing to move');
  });
});
