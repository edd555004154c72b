/** The sections `pipelines.*.progress` and `pipelines.*.lock`: what is written back to Craft.io. */
import { z } from 'zod';
import type { LockRule, ProgressRule } from '../../domain/settings.js';
import { DEFAULTS } from '../defaults.js';
import { suggestion } from '../nearest.js';
import { echo, formatPath } from '../problems.js';
import type { Path, Problems } from '../problems.js';
import { parsePart } from './issues.js';
import { oneOf, Text, TextOrEmpty, Word, WordTable } from './values.js';

const FollowSection = z.strictObject({
  statuses: WordTable.default({}),
  unmapped: oneOf('keep', 'ignore', 'block').default(DEFAULTS.unmapped),
  doneWhen: z.array(Word).default([]),
  droppedWhen: z.array(Word).default([]),
  onDropped: oneOf('flag', 'release').default(DEFAULTS.onDropped),
});

/** Every `…field` is the name of a custom field of Craft.io. */
const ProgressSection = FollowSection.extend({
  field: Text,
  linkField: Text.optional(),
  keyField: Text.optional(),
  stateField: Text.optional(),
});

const LockSection = z.strictObject({
  status: Text.optional(),
  field: Text,
  value: Text,
  released: TextOrEmpty.default(DEFAULTS.released),
  releasedStatus: Text.optional(),
  onDrift: oneOf('flag', 'revert', 'forward').default(DEFAULTS.onDrift),
});

interface WriteBack {
  readonly progress: ProgressRule;
  readonly lock: LockRule;
}

/** `path` is the pipeline's. */
export function readWriteBack(progress: unknown, lock: unknown, path: Path, problems: Problems): WriteBack | undefined {
  const progressRule = readProgress(progress, [...path, 'progress'], problems);
  const lockRule = readLock(lock, [...path, 'lock'], problems);
  if (progressRule === undefined || lockRule === undefined) return undefined;
  checkFieldsDiffer(progressRule, lockRule, path, problems);
  return { progress: progressRule, lock: lockRule };
}

const WRITTEN = ['field', 'linkField', 'keyField', 'stateField'] as const;

/** For a source to which Craft.io documents no write: only when its items are done. Null when nothing is given. */
export function readFollowing(progress: unknown, path: Path, problems: Problems): ProgressRule | null {
  if (progress === undefined) {
    problems.warn([...path, 'progress'], 'is not given, so items are followed forever and never count as done');
    return null;
  }
  const written = WRITTEN.filter((key) => typeof progress === 'object' && progress !== null && key in progress);
  for (const key of written) {
    const message =
      'cannot be used with a feedback portal, since Craft.io has no way to write to its items: take it out';
    problems.add([...path, 'progress', key], message);
  }
  if (written.length > 0) return null;
  const section = parsePart(FollowSection, progress, [...path, 'progress'], problems);
  if (section === undefined) return null;
  const rule: ProgressRule = { ...section, field: null, linkField: null, keyField: null, stateField: null };
  checkStatuses(rule, [...path, 'progress'], problems);
  return rule;
}

function readProgress(value: unknown, path: Path, problems: Problems): ProgressRule | undefined {
  const section = parsePart(ProgressSection, value, path, problems);
  if (section === undefined) return undefined;
  const rule: ProgressRule = {
    ...section,
    linkField: section.linkField ?? null,
    keyField: section.keyField ?? null,
    stateField: section.stateField ?? null,
  };
  checkStatuses(rule, path, problems);
  return rule;
}

function readLock(value: unknown, path: Path, problems: Problems): LockRule | undefined {
  const section = parsePart(LockSection, value, path, problems);
  if (section === undefined) return undefined;
  if (section.released === section.value) {
    problems.add(
      [...path, 'released'],
      `${echo(section.released)} is also the lock's value: a released item would stay locked`,
    );
  }
  return { ...section, status: section.status ?? null, releasedStatus: section.releasedStatus ?? null };
}

function checkStatuses(rule: ProgressRule, path: Path, problems: Problems): void {
  if (Object.keys(rule.statuses).length === 0 && rule.unmapped !== 'keep') {
    problems.add([...path, 'statuses'], `is empty, and unmapped: ${rule.unmapped} lets no status pass: fill the table`);
  }
  if (rule.doneWhen.length === 0) {
    problems.warn([...path, 'doneWhen'], 'is not given, so items are followed forever and never count as done');
  }
  for (const key of ['doneWhen', 'droppedWhen'] as const) {
    for (const [index, word] of rule[key].entries()) checkReachable(word, rule, [...path, key, index], problems);
  }
  for (const [index, word] of rule.droppedWhen.entries()) {
    if (!rule.doneWhen.includes(word)) continue;
    problems.add(
      [...path, 'droppedWhen', index],
      `${echo(word)} is also in doneWhen: an item is either done or dropped`,
    );
  }
}

/** With `unmapped: keep`, a word of the tool that is not in the table arrives unchanged, so it may still match. */
function checkReachable(word: string, rule: ProgressRule, path: Path, problems: Problems): void {
  const ours = [...new Set(Object.values(rule.statuses))];
  if (ours.includes(word)) return;
  const renamed = Object.hasOwn(rule.statuses, word) ? rule.statuses[word] : undefined;
  if (renamed !== undefined) {
    problems.add(
      path,
      `${echo(word)} can never come up, since statuses turns it into ${echo(renamed)}: write the word on the right`,
    );
  } else if (rule.unmapped !== 'keep') {
    problems.add(path, `${echo(word)} can never come up, since no status is mapped to it; ${suggestion(word, ours)}`);
  } else {
    problems.warn(
      path,
      `no status is mapped to ${echo(word)}: it counts only if the dev tool has a status with exactly this name`,
    );
  }
}

/** Two values written to one field would overwrite each other forever. */
function checkFieldsDiffer(progress: ProgressRule, lock: LockRule, path: Path, problems: Problems): void {
  const written: readonly (readonly [Path, string | null])[] = [
    [[...path, 'progress', 'field'], progress.field],
    [[...path, 'progress', 'linkField'], progress.linkField],
    [[...path, 'progress', 'keyField'], progress.keyField],
    [[...path, 'progress', 'stateField'], progress.stateField],
    [[...path, 'lock', 'field'], lock.field],
  ];
  const seen = new Map<string, Path>();
  for (const [place, field] of written) {
    if (field === null) continue;
    const other = seen.get(field);
    if (other === undefined) seen.set(field, place);
    else problems.add(place, `${echo(field)} is also ${formatPath(other)}: give each its own custom field`);
  }
}
