/**
 * Reports, before the first item is created, what would stop it: the key, the statuses, the folder or project, the
 * words of the mappings. Each finding names the bad value and the nearest one that exists.
 */
import { allNamed } from '../../domain/rules/names.js';
import type { PipelineSettings } from '../../domain/settings.js';
import { listed, nearestOf, nearestWord, told, unmappedFindings, wrong } from '../findings.js';
import type { ReadCall } from '../port/calls.js';
import type { Finding } from '../port/finding.js';
import type { CraftnoteContext } from './context.js';
import { readProject } from './items.js';
import { ARCHIVED, NO_STATUS, projectUrl, TASK_STATUSES } from './mapping.js';
import { getMe, getWebLink, projectsPage } from './requests.js';
import { Project, type ProjectStatus } from './schema.js';
import { statusesOf } from './directory.js';
import { CRAFTNOTE_FIELD_NAMES, CraftnoteTarget } from './target.js';

/** The role of members that may do everything in the company (README, OpenAPI `CompanyMember`). */
const OWNER = 'OWNER';

export async function checkCraftnote(
  context: CraftnoteContext,
  pipelines: readonly PipelineSettings[],
  call: ReadCall,
): Promise<readonly Finding[]> {
  const { settings } = context;
  const where = `devTools.${settings.name}`;
  const key = await keyFindings(context, where, call);
  const mine = pipelines.filter((pipeline) => pipeline.devTool === settings.name);
  if (key.some(({ level }) => level === 'wrong')) return [...key, ...mine.flatMap(fieldFindings)];
  let statuses: readonly ProjectStatus[] | null = null;
  const read = await told(`${where}.baseUrl`, `${where}.apiKey`, async () => {
    statuses = statusesOf(await context.directory.refreshed(call));
    return statuses.length === 0 ? 'the company has no project status' : `project statuses: ${names(statuses)}`;
  });
  const findings: Finding[] = [...key, read, ...(await linkFindings(context, where, call))];
  for (const pipeline of mine) {
    findings.push(...fieldFindings(pipeline), ...(await pipelineFindings(context, pipeline, statuses, call)));
  }
  return findings;
}

async function keyFindings({ cn }: CraftnoteContext, where: string, call: ReadCall): Promise<readonly Finding[]> {
  let isOwner = false;
  const key = await told(`${where}.baseUrl`, `${where}.apiKey`, async () => {
    const { role } = await getMe(cn, call);
    isOwner = role === OWNER;
    return `key accepted by Craftnote${role == null ? '' : `, as ${role}`}`;
  });
  const warning =
    "the key is an owner's: with it everything in the company can be done. A key of a member with a lesser role is safer where Craftnote gives one";
  return isOwner ? [key, { level: 'warning', where: `${where}.apiKey`, message: warning }] : [key];
}

/** Links follow the documented pattern; one project shows whether Craftnote's own links do. */
async function linkFindings(context: CraftnoteContext, where: string, call: ReadCall): Promise<readonly Finding[]> {
  const { cn, settings } = context;
  if (settings.itemUrl !== null) return [];
  let differs: string | null = null;
  const at = `${where}.itemUrl`;
  const finding = await told(at, `${where}.apiKey`, async () => {
    const [first] = await projectsPage(cn, null, call, 1);
    const project = Project.safeParse(first);
    if (!project.success) return 'there is no project yet to compare a link with';
    const webLink = await getWebLink(cn, project.data.id, call);
    if (webLink === projectUrl(project.data.id, null)) return "links to projects have the form of Craftnote's own";
    const template = webLink.replaceAll(project.data.id, '{id}');
    differs = `Craftnote's own links have another form: set itemUrl to "${template}"`;
    return differs;
  });
  return [differs === null ? finding : { ...finding, level: 'warning' }];
}

async function pipelineFindings(
  context: CraftnoteContext,
  pipeline: PipelineSettings,
  statuses: readonly ProjectStatus[] | null,
  call: ReadCall,
): Promise<readonly Finding[]> {
  const where = `pipelines.${pipeline.name}.target`;
  const read = CraftnoteTarget.safeParse(pipeline.target);
  if (!read.success) {
    return read.error.issues.map((issue) => wrong([where, ...issue.path].join('.'), issue.message));
  }
  const target = read.data;
  if (target.resource === 'task') {
    const project = await placeFinding(context, `${where}.projectId`, target.projectId ?? '', 'project', call);
    return [project, ...wordFindings(pipeline, TASK_STATUSES)];
  }
  const folder = target.parentProject;
  const place: readonly Finding[] =
    folder === undefined
      ? [{ level: 'ok', where, message: 'items become projects of the company, in no folder' }]
      : [await placeFinding(context, `${where}.parentProject`, folder, 'folder', call)];
  if (statuses === null) return place;
  const words = [...statuses.map(({ name }) => name), ARCHIVED, NO_STATUS];
  return [...place, ...statusFindings(where, target, statuses), ...wordFindings(pipeline, words)];
}

/** Checks the folder that projects are created in, or the project that tasks are created in. */
async function placeFinding(
  context: CraftnoteContext,
  where: string,
  projectId: string,
  wanted: 'folder' | 'project',
  call: ReadCall,
): Promise<Finding> {
  let problem: Finding | null = null;
  const finding = await told(where, where, async () => {
    const project = await readProject(context, projectId, call);
    if (project === null) problem = wrong(where, `Craftnote has no project with the id "${projectId}"`);
    else if (wanted === 'folder' && project.projectType !== 'FOLDER') {
      problem = wrong(where, `"${projectId}" is not a folder (projectType ${project.projectType ?? 'absent'})`);
    } else if (project.archived === true) {
      problem = { level: 'warning', where, message: `the ${wanted} "${projectId}" is archived` };
    }
    return wanted === 'folder' ? 'items become projects in this folder' : 'items become tasks of this project';
  });
  return problem ?? finding;
}

function statusFindings(
  where: string,
  target: CraftnoteTarget,
  statuses: readonly ProjectStatus[],
): readonly Finding[] {
  const { status: name, statusId } = target;
  if (statusId !== undefined) {
    if (statuses.some(({ id }) => id === statusId)) return [];
    return [
      wrong(`${where}.statusId`, `the company has no status with the id "${statusId}"${nearestOf(statusId, statuses)}`),
    ];
  }
  if (name === undefined) {
    const message = `neither status nor statusId is given: projects are created with ${NO_STATUS}`;
    return [{ level: 'ok', where, message }];
  }
  const found = allNamed(statuses, name);
  const all = statuses.map((status) => status.name);
  if (found.length === 0)
    return [wrong(`${where}.status`, `the company has no status "${name}"${nearestWord(name, all)}`)];
  return found.length === 1 ? [] : [wrong(`${where}.status`, `the company has "${name}" twice: give statusId`)];
}

function wordFindings(pipeline: PipelineSettings, words: readonly string[]): readonly Finding[] {
  const rule = pipeline.progress;
  if (rule === null) return [];
  const where = `pipelines.${pipeline.name}.progress.statuses`;
  const mapped = Object.keys(rule.statuses);
  const unknown = mapped.filter((word) => !words.includes(word));
  const findings = unknown.map((word) => wrong(where, `Craftnote has no status "${word}"${nearestWord(word, words)}`));
  return [...findings, ...unmappedFindings({ rule, where, statuses: words })];
}

function fieldFindings(pipeline: PipelineSettings): readonly Finding[] {
  const read = CraftnoteTarget.safeParse(pipeline.target);
  const isTask = read.success && read.data.resource === 'task';
  const known = isTask ? CRAFTNOTE_FIELD_NAMES.slice(0, 2) : CRAFTNOTE_FIELD_NAMES;
  return Object.keys(pipeline.fields)
    .filter((name) => !(known as readonly string[]).includes(name))
    .map((name) => {
      const message = `a Craftnote ${isTask ? 'task' : 'project'} has no field "${name}"${nearestWord(name, known)}`;
      return wrong(`pipelines.${pipeline.name}.fields.${name}`, message);
    });
}

function names(statuses: readonly ProjectStatus[]): string {
  return listed(statuses.map(({ name }) => name));
}
