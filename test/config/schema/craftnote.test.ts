import { describe, expect, it } from 'vitest';
import { configurationText, load, problemsOf } from '../../fixtures/configurationFile.js';

const DEV_TOOL = '{ type: craftnote, baseUrl: "https://cn.test/api/v1", apiKey: k }';

function textOf(target: string, pipeline: Readonly<Record<string, string>> = {}): string {
  return configurationText({ devTool: DEV_TOOL, pipeline: { target: `{ devTool: km, ${target} }`, ...pipeline } });
}

function problemsWith(target: string, pipeline?: Readonly<Record<string, string>>): readonly string[] {
  return problemsOf(textOf(target, pipeline)).map((line) => line.replace(/ \(line \d+\)/, ''));
}

describe('config/schema/craftnote: with Craftnote', () => {
  it.each([
    ['resource: project', { resource: 'project' }],
    [
      'resource: project, status: To Do, parentProject: f, projectType: FOLDER',
      { resource: 'project', status: 'To Do', parentProject: 'f', projectType: 'FOLDER' },
    ],
    ['resource: task, projectId: p', { resource: 'task', projectId: 'p' }],
  ])('takes the target %s', (target, parsed) => {
    expect(load(textOf(target)).settings.pipelines['mobile']?.target).toEqual(parsed);
  });

  it.each([
    ['', 'resource: is required: one of project, task'],
    ['resource: folder', 'resource: "folder" is not one of project, task'],
    ['resource: project, status: A, statusId: b', 'status: give either statusId or status'],
    ['resource: task', 'projectId: a task needs the project that it is created in'],
    ['resource: project, projectId: p', 'projectId: only a task has it; the folder of a project is parentProject'],
    ['resource: task, projectId: p, status: A', 'status: a task has none'],
    ['resource: task, projectId: p, parentProject: f', 'parentProject: a task has none'],
    ['resource: project, parentproject: f', 'parentproject: unknown key; did you mean "parentProject"?'],
  ])('refuses the target { %s }', (target, problem) => {
    expect(problemsWith(target)[0]).toBe(`pipelines.mobile.target.${problem}`);
  });

  it('knows the fields of a project, and no setting of its own', () => {
    const fields = '{ noteContent: "{description}", billingCity: "{customFields.city}" }';
    expect(load(textOf('resource: project', { fields })).settings.pipelines['mobile']?.fields).toHaveProperty(
      'billingCity',
    );
    expect(problemsWith('resource: project', { fields: '{ orderNumber: "{shortId}" }' })[0]).toContain(
      'pipelines.mobile.fields.orderNumber: the dev tool has no such field',
    );
    const devTool = DEV_TOOL.replace('}', ', graphqlUrl: "https://x.test" }');
    expect(problemsOf(configurationText({ devTool }))[0]).toContain('devTools.km.graphqlUrl');
  });
});
