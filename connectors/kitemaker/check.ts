/**
 * Reports, before the first item is created, what would stop it: the key, the space, the status, the labels, the words
 * of the mappings. Each finding names the bad value and the nearest one that exists.
 */
import type { FieldRule, PipelineSettings } from '../../domain/settings.js';
import { severalWarning } from '../fieldValues.js';
import { listed, nearestOf, nearestWord, told, unmappedFindings, warning, wrong } from '../findings.js';
import type { ReadCall } from '../port/calls.js';
import type { Finding } from '../port/finding.js';
import type { KitemakerContext } from './context.js';
import { SIZES, sizeOf } from './mapping.js';
import { getOrganization } from './requests.js';
import type { Space } from './schema.js';
import { KITEMAKER_FIELD_NAMES, KitemakerTarget } from './target.js';

export async function checkKitemaker(
  context: KitemakerContext,
  pipelines: readonly PipelineSettings[],
  call: ReadCall,
): Promise<readonly Finding[]> {
  const { km, directory, settings } = context;
  const where = `devTools.${settings.name}`;
  const findings: Finding[] = [];
  const mine = pipelines.filter((pipeline) => pipeline.devTool === settings.name);
  findings.push(
    await told(`${where}.baseUrl`, `${where}.apiKey`, async () => {
      return `key accepted by Kitemaker, organisation "${(await getOrganization(km, call)).name}"`;
    }),
  );
  let spaces: readonly Space[] = [];
  const graphql = await told(`${where}.graphqlUrl`, `${where}.apiKey`, async () => {
    spaces = await directory.refreshed(call);
    return `GraphQL shows ${spaces.length === 0 ? 'no space' : listed(spaces.map((space) => `${space.name} (${space.key})`))}`;
  });
  findings.push(graphql, ...mine.flatMap((pipeline) => fieldFindings(pipeline)));
  if (graphql.level === 'wrong') return findings;
  findings.push({
    level: 'warning',
    where: `${where}.apiKey`,
    message:
      'whether the key may create work items and comments shows only at the first one; an application key sees no private space',
  });
  for (const pipeline of mine) findings.push(...(await pipelineFindings(context, pipeline, spaces, call)));
  return findings;
}

async function pipelineFindings(
  { initiatives }: KitemakerContext,
  pipeline: PipelineSettings,
  spaces: readonly Space[],
  call: ReadCall,
): Promise<readonly Finding[]> {
  const where = `pipelines.${pipeline.name}.target`;
  const read = KitemakerTarget.safeParse(pipeline.target);
  if (!read.success) {
    return read.error.issues.map((issue) => wrong([where, ...issue.path].join('.'), issue.message));
  }
  const target = read.data;
  const space = spaceFor(target, spaces);
  if (space === null) return [missingSpace(where, target, spaces)];
  const findings: Finding[] = [
    { level: 'ok', where, message: `items are created in the space "${space.name}" (${space.key})` },
    ...statusFindings(where, target, space),
    ...labelFindings(where, target, space),
    ...progressFindings(pipeline, space, spaces),
  ];
  const { initiative } = target;
  if (initiative !== undefined) {
    const at = `${where}.initiative`;
    findings.push(
      await told(at, at, async () => {
        const id = await initiatives.askedIdOf(initiative, call);
        return id === initiative ? `the initiative ${id} exists` : `the initiative "${initiative}" exists: ${id}`;
      }),
    );
  }
  return findings;
}

function spaceFor(target: KitemakerTarget, spaces: readonly Space[]): Space | null {
  const fits = (space: Space) =>
    target.spaceId === undefined
      ? space.statuses.some((status) => status.id === target.statusId)
      : space.id === target.spaceId;
  return spaces.find(fits) ?? null;
}

function missingSpace(where: string, target: KitemakerTarget, spaces: readonly Space[]): Finding {
  if (target.spaceId === undefined) {
    const all = spaces.flatMap((space) => space.statuses);
    return wrong(
      `${where}.statusId`,
      `no space has a status with the id "${target.statusId ?? ''}"${nearestOf(target.statusId ?? '', all)}`,
    );
  }
  const named = spaces.map((space) => ({ id: space.id, name: space.name, key: space.key }));
  const meant = named.find((space) => space.key === target.spaceId || space.name === target.spaceId);
  if (meant !== undefined)
    return wrong(`${where}.spaceId`, `"${target.spaceId}" is not an id; the id of that space is ${meant.id}`);
  return wrong(
    `${where}.spaceId`,
    `the key sees no space with the id "${target.spaceId}"${nearestOf(target.spaceId, named)}`,
  );
}

function statusFindings(where: string, target: KitemakerTarget, space: Space): readonly Finding[] {
  const { status: name, statusId } = target;
  const found = space.statuses.filter((status) =>
    statusId === undefined ? status.name === name : status.id === statusId,
  );
  const [status] = found;
  if (status === undefined && statusId !== undefined) {
    const message = `the space ${space.key} has no status with the id "${statusId}"${nearestOf(statusId, space.statuses)}`;
    return [wrong(`${where}.statusId`, message)];
  }
  if (status === undefined) {
    const names = space.statuses.map((one) => one.name);
    return [
      wrong(`${where}.status`, `the space ${space.key} has no status "${name ?? ''}"${nearestWord(name ?? '', names)}`),
    ];
  }
  if (found.length > 1)
    return [wrong(`${where}.status`, `the space ${space.key} has "${status.name}" twice: give statusId`)];
  if (status.type !== 'DONE' && status.type !== 'ARCHIVED') return [];
  const message = `"${status.name}" is a closed status: items would be created done`;
  return [{ level: 'warning', where: statusId === undefined ? `${where}.status` : `${where}.statusId`, message }];
}

function labelFindings(where: string, target: KitemakerTarget, space: Space): readonly Finding[] {
  const exists = (name: string) => space.labels.some((label) => label.name === name || label.id === name);
  const names = space.labels.map((label) => label.name);
  return target.labels
    .filter((name) => !exists(name))
    .map((name) =>
      target.createLabels
        ? { level: 'ok', where: `${where}.labels`, message: `the label "${name}" will be created` }
        : wrong(
            `${where}.labels`,
            `the space ${space.key} has no label "${name}"${nearestWord(name, names)}; or set createLabels`,
          ),
    );
}

function progressFindings(pipeline: PipelineSettings, space: Space, spaces: readonly Space[]): readonly Finding[] {
  const rule = pipeline.progress;
  if (rule === null) return [];
  const where = `pipelines.${pipeline.name}.progress.statuses`;
  const names = space.statuses.map((status) => status.name);
  const mapped = Object.keys(rule.statuses);
  const unknown = mapped.filter((word) => !names.includes(word));
  const findings = unknown.map((word): Finding => {
    const owner = spaces.find((other) => other.statuses.some((status) => status.name === word));
    if (owner === undefined)
      return wrong(where, `the space ${space.key} has no status "${word}"${nearestWord(word, names)}`);
    return { level: 'warning', where, message: `"${word}" is a status of the space ${owner.key}, not of ${space.key}` };
  });
  return [...findings, ...unmappedFindings({ rule, where, statuses: names })];
}

function fieldFindings(pipeline: PipelineSettings): readonly Finding[] {
  return Object.entries(pipeline.fields).flatMap(([name, rule]) => {
    const where = `pipelines.${pipeline.name}.fields.${name}`;
    if (!(KITEMAKER_FIELD_NAMES as readonly string[]).includes(name)) {
      return [wrong(where, `Kitemaker has no field "${name}"${nearestWord(name, KITEMAKER_FIELD_NAMES)}`)];
    }
    if (name !== 'effort' && name !== 'impact') return [];
    const several = severalWarning(rule);
    return [...sizeFindings(where, name, rule), ...(several === null ? [] : [warning(where, several)])];
  });
}

function sizeFindings(where: string, name: string, rule: FieldRule): readonly Finding[] {
  const accepted = listed(SIZES);
  if ('template' in rule) {
    const isFixed = !rule.template.includes('{');
    if (isFixed) return sizeOf(rule.template) === null ? [notASize(where, rule.template)] : [];
    return [{ level: 'warning', where, message: `Kitemaker takes only ${accepted} for ${name}` }];
  }
  if (rule.values === null) {
    return [
      { level: 'warning', where, message: `Kitemaker takes only ${accepted} for ${name}: a table in values helps` },
    ];
  }
  const outside = [...new Set(Object.values(rule.values))].filter((value) => sizeOf(value) === null);
  return outside.map((value) => notASize(`${where}.values`, value));
}

function notASize(where: string, value: string): Finding {
  return wrong(where, `"${value}" is none of ${listed(SIZES)}${nearestWord(value, SIZES)}`);
}
