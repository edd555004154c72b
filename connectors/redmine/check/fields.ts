/** Whether the words of a pipeline's mappings exist in Redmine. */
import type { FieldRule } from '../../../domain/settings.js';
import type { ReadCall } from '../../port/calls.js';
import type { Finding } from '../../port/finding.js';
import type { Checked } from './checked.js';
import { customFieldOf, fieldNumber, isStandardField, priorityNamed } from '../fields.js';
import { severalWarning } from '../../fieldValues.js';
import { nearestWord, probe, unmappedFindings, warning, wrong } from '../../findings.js';
import type { Priority } from '../schema.js';

export async function fieldFindings(checked: Checked, call: ReadCall): Promise<readonly Finding[]> {
  const { pipeline, context, target, keyAt } = checked;
  const place = { projectId: target.projectId, trackerId: target.trackerId ?? null };
  const findings: Finding[] = [];
  for (const [name, rule] of Object.entries(pipeline.fields)) {
    if (name === 'title' || name === 'description') continue;
    const at = `pipelines.${pipeline.name}.fields.${name}`;
    if (name === 'priority_id') {
      const priorities = await probe(at, keyAt, () => context.directory.priorities(call));
      findings.push(...('finding' in priorities ? [priorities.finding] : priorityFindings(at, rule, priorities.value)));
    }
    if (isStandardField(name)) {
      findings.push(...ofSeveral(at, rule, true));
      continue;
    }
    if (target.markerField !== undefined && String(fieldNumber(name)) === target.markerField) {
      findings.push(wrong(at, 'is the marker field (target.markerField): take it out of fields'));
      continue;
    }
    const field = await probe(at, keyAt, () => customFieldOf(context, place, name, call));
    if ('finding' in field) findings.push(field.finding);
    else if ('problem' in field.value) findings.push(wrong(at, field.value.problem));
    else if (String(field.value.found) === target.markerField) {
      findings.push(wrong(at, 'is the marker field (target.markerField): take it out of fields'));
    } else findings.push(...ofSeveral(at, rule, await takesOne(checked, field.value.found, call)));
  }
  return findings;
}

/** Of a list whose values nobody may join. */
async function takesOne({ context, target }: Checked, id: number, call: ReadCall): Promise<boolean> {
  const place = { projectId: target.projectId, trackerId: target.trackerId ?? null };
  const field = (await context.directory.fieldsSeen(place, call)).find((one) => one.id === id);
  return field?.takesSeveral === false && field.isList;
}

function ofSeveral(at: string, rule: FieldRule, isForOne: boolean): readonly Finding[] {
  const several = isForOne ? severalWarning(rule) : null;
  return several === null ? [] : [warning(at, several)];
}

function priorityFindings(at: string, rule: FieldRule, priorities: readonly Priority[]): readonly Finding[] {
  const values = 'template' in rule || rule.values === null ? [] : Object.values(rule.values);
  const names = priorities.map(({ name }) => name);
  const unknown = values.filter((value) =>
    /^\d+$/.test(value.trim())
      ? !priorities.some(({ id }) => String(id) === value.trim())
      : priorityNamed(value, priorities) === null,
  );
  return unknown.map((value) =>
    wrong(`${at}.values`, `Redmine has no priority "${value}"${nearestWord(value, names)}`),
  );
}

export function progressFindings({ pipeline, statuses }: Checked): readonly Finding[] {
  const rule = pipeline.progress;
  if (rule === null) return [];
  const where = `pipelines.${pipeline.name}.progress.statuses`;
  const names = statuses.map(({ name }) => name);
  const mapped = Object.keys(rule.statuses);
  const findings = mapped
    .filter((word) => !names.includes(word))
    .map((word) => wrong(where, `Redmine has no status "${word}"${nearestWord(word, names)}`));
  return [...findings, ...unmappedFindings({ rule, where, statuses: names }, 'issues')];
}
