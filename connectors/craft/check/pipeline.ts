/** What is wrong with the Craft.io side of one pipeline: statuses, types, custom fields and paths that do not exist. */
import { CUSTOM_FIELDS, fieldNameOf, isCustomField } from '../../../domain/rules/paths.js';
import { sameName } from '../../../domain/rules/names.js';
import { pathsOfRule } from '../../../domain/rules/fields.js';
import { hasStatus } from '../../../domain/rules/readiness.js';
import type { PipelineSettings } from '../../../domain/settings.js';
import { nearestWord } from '../../findings.js';
import type { ReadCall } from '../../port/calls.js';
import type { Finding } from '../../port/finding.js';
import type { CraftContext } from '../context.js';
import { findField } from '../directories/fields.js';
import { filterOf, lookAt } from '../items.js';
import { looksLikeId, sourceWords } from '../mapping.js';
import type { Term } from '../schema.js';
import { nearestStatus, type SeenStatus } from '../directories/statuses.js';
import { isCalled } from '../directories/terms.js';
import type { Survey } from './survey.js';

/** Properties of items, initiatives and feedback items in the Swagger, whether or not an item has them now. */
const DOCUMENTED_PROPERTIES =
  'id type workspaceId portfolioId shortId title description creationTime updateTime storyPoints value effort estimatedHours kano initiativeId labels actualStartDate actualEndDate devToolKey webUrl status importance objective objectives keyResult keyResults persona personas sprint quarter assignee parent createdBy customFields outIn dependencies feedbackLinks portalId category owner internalStatus linkedItems'.split(
    ' ',
  );

export async function checkPipeline(
  context: CraftContext,
  pipeline: PipelineSettings,
  survey: Survey,
  call: ReadCall,
): Promise<readonly Finding[]> {
  return [
    ...sourceFindings(pipeline, survey),
    ...(await readyStatusFindings(context, pipeline, survey, call)),
    ...lockStatusFindings(context, pipeline, survey),
    ...typeFindings(pipeline, survey),
    ...writtenFieldFindings(pipeline, survey),
    ...pathFindings(pipeline, survey),
  ];
}

function sourceFindings({ name, source }: PipelineSettings, survey: Survey): readonly Finding[] {
  const where = `pipelines.${name}.source`;
  const count = `${survey.itemCount}${survey.isComplete ? '' : ' or more'}`;
  const findings: Finding[] = [
    survey.itemCount === 0
      ? {
          level: 'warning',
          where,
          message: `${sourceWords(source)} shows no item: statuses and types cannot be compared`,
        }
      : { level: 'ok', where, message: `${sourceWords(source)} shows ${count} items` },
  ];
  const [first] = survey.malformed;
  if (first === undefined) return findings;
  const which = first.shortId ?? first.id ?? 'one without an id';
  const message = `${survey.malformed.length} entries are not as documented and will wait; ${which}: ${first.problem}`;
  return [...findings, { level: 'warning', where, message }];
}

async function readyStatusFindings(
  context: CraftContext,
  pipeline: PipelineSettings,
  survey: Survey,
  call: ReadCall,
): Promise<readonly Finding[]> {
  const { status } = pipeline.ready;
  if (status === null) return [];
  const where = `pipelines.${pipeline.name}.ready.status`;
  const isSeen = survey.statuses.some((seen) => hasStatus({ status: seen }, status));
  const { query } = filterOf(context, pipeline.source, { ...pipeline.ready, types: null, where: [] });
  const filtered = 'status' in query ? await lookAt(context, pipeline.source, query, call).next() : null;
  const page = filtered === null || filtered.done === true ? null : filtered.value;
  const isFiltered = page?.items.some((item) => hasStatus(item, status)) ?? false;
  if (isSeen && filtered !== null && !isFiltered) {
    const message = `items have the status "${status}", but Craft.io finds none when asked for it: sweeps would find none`;
    return [{ level: 'wrong', where, message }];
  }
  if (isSeen || isFiltered) return [{ level: 'ok', where, message: `items with the status "${status}" exist` }];
  return [neverSeen(where, status, survey.statuses, 'warning')];
}

/** A status in another case is a typo; any other may simply not be in use yet. */
function neverSeen(
  where: string,
  status: string,
  seen: readonly SeenStatus[],
  level: Exclude<Finding['level'], 'ok'>,
): Finding {
  const meant = seen.find(({ name }) => name.trim().toLowerCase() === status.trim().toLowerCase());
  if (meant !== undefined)
    return { level: 'wrong', where, message: `"${status}" is written "${meant.name}" in Craft.io` };
  return { level, where, message: `no item that was seen has the status "${status}"${nearestStatus(seen, status)}` };
}

function lockStatusFindings({ craft }: CraftContext, pipeline: PipelineSettings, survey: Survey): readonly Finding[] {
  const { lock, name } = pipeline;
  if (lock === null) return [];
  const statuses = [
    ['status', lock.status],
    ['releasedStatus', lock.releasedStatus],
  ] as const;
  return statuses.flatMap(([key, status]) => {
    if (status === null) return [];
    const where = `pipelines.${name}.lock.${key}`;
    const seen = survey.statuses.find((one) => hasStatus({ status: one }, status));
    const needsId = craft.dialect.statusBy === 'id';
    if (seen !== undefined && (!needsId || seen.id !== null)) return [];
    if (!needsId) return [neverSeen(where, status, survey.statuses, looksLikeId(status) ? 'wrong' : 'warning')];
    if (looksLikeId(status)) return [neverSeen(where, status, survey.statuses, 'warning')];
    const finding = neverSeen(where, status, survey.statuses, 'wrong');
    return [{ ...finding, message: `${finding.message}; it is written by id, so give its id` }];
  });
}

/** A type goes by its default or its custom term; without a list of terms only the items show which exist. */
function typeFindings({ name, ready }: PipelineSettings, survey: Survey): readonly Finding[] {
  const where = `pipelines.${name}.ready.types`;
  return (ready.types ?? []).flatMap((type): readonly Finding[] => {
    if (survey.types.some((seen) => sameName(seen, type))) return [];
    const term = survey.terms.find((one) => isCalled(one, type));
    if (term !== undefined) {
      if (survey.types.length === 0 || survey.types.includes(term.default)) return [];
      return [{ level: 'warning', where, message: `no item that was seen is of the type ${termWords(term)}` }];
    }
    if (survey.terms.length > 0) {
      const words = survey.terms.flatMap((one) => [one.default, one.custom]);
      const known = survey.terms.map(termWords).join(', ');
      return [
        { level: 'wrong', where, message: `there is no type "${type}"${nearestWord(type, words)}; known: ${known}` },
      ];
    }
    if (survey.types.length === 0) return [];
    const message = `no item that was seen is of the type "${type}"${nearestWord(type, survey.types)}`;
    return [{ level: 'warning', where, message }];
  });
}

function termWords(term: Term): string {
  return term.custom === term.default ? `"${term.default}"` : `"${term.custom}" (Craft.io's ${term.default})`;
}

function writtenFieldFindings({ name, source, lock, progress }: PipelineSettings, survey: Survey): readonly Finding[] {
  const written = [
    ['progress.field', progress?.field],
    ['progress.linkField', progress?.linkField],
    ['progress.keyField', progress?.keyField],
    ['progress.stateField', progress?.stateField],
    ['lock.field', lock?.field],
  ] as const;
  const ids = new Map<string, string>();
  return written.flatMap(([key, field]) => {
    if (field === undefined || field === null) return [];
    const where = `pipelines.${name}.${key}`;
    const found = findField(survey.customFields, field, source);
    if (found.status === 'missing') return [{ level: 'wrong', where, message: found.why }] as const;
    const other = ids.get(found.field.id);
    ids.set(found.field.id, key);
    if (other === undefined) return [];
    return [{ level: 'wrong', where, message: `is also the custom field of ${other}: give each its own` }] as const;
  });
}

/** Every path that readiness and `fields` read. */
function pathFindings(pipeline: PipelineSettings, survey: Survey): readonly Finding[] {
  const { name, ready, fields } = pipeline;
  const paths = [
    ...ready.where.map(({ field }, index) => [`ready.where.${index}.field`, field] as const),
    ...Object.entries(fields).flatMap(([field, rule]) =>
      pathsOfRule(rule).map((path) => [`fields.${field}${'from' in rule ? '.from' : ''}`, path] as const),
    ),
  ];
  return paths.flatMap(([key, path]): readonly Finding[] => {
    const why = unknownPath(path, pipeline, survey);
    return why === null ? [] : [{ level: 'wrong', where: `pipelines.${name}.${key}`, message: why }];
  });
}

function unknownPath(path: string, { source }: PipelineSettings, survey: Survey): string | null {
  if (isCustomField(path)) {
    const found = findField(survey.customFields, fieldNameOf(path), source);
    return found.status === 'found' ? null : found.why;
  }
  const [property = ''] = path.split('.');
  const known = [...new Set([...DOCUMENTED_PROPERTIES, ...survey.properties])];
  if (known.includes(property)) return null;
  const field = survey.customFields.find((one) => one.id === path || sameName(one.name, path));
  if (field !== undefined) return `"${path}" is a custom field: write ${CUSTOM_FIELDS}${path}`;
  return `Craft.io's items have no property "${property}"${nearestWord(property, known)}`;
}
