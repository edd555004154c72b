/**
 * What a dev item is created with: the pipeline's `fields` applied to a Craft item.
 * A blocking message names the path and, for tables, the value; it never contains a title or a description.
 */
import type { CraftItem } from '../craftItem.js';
import type { FieldRule, PipelineSettings } from '../settings.js';
import { keyNamed } from './names.js';
import { readPath, readValues } from './paths.js';
import { isBlank } from './unseen.js';

export type RenderedFields =
  | {
      readonly status: 'rendered';
      readonly title: string;
      /** Empty if Craft.io has none. */
      readonly description: string;
      /** The other fields, by the dev tool's names: their values, at least one; empty fields are left out. */
      readonly fields: Readonly<Record<string, readonly string[]>>;
    }
  | Blocked;

interface Blocked {
  readonly status: 'blocked';
  readonly reason: 'missing-field' | 'value-unmapped';
  readonly message: string;
}

type Rendered = { readonly status: 'values'; readonly values: readonly string[] } | Blocked;

const TITLE: FieldRule = { template: '{title}' };
const DESCRIPTION: FieldRule = { from: 'description', values: null, required: false };

const PLACEHOLDER = /\{([^{}]*)\}/g;
/** At most this many characters of a value are echoed: enough for a reader to recognise it. */
const ECHO_LENGTH = 60;

export function renderFields(item: CraftItem, pipeline: PipelineSettings): RenderedFields {
  const rules = { title: TITLE, description: DESCRIPTION, ...pipeline.fields };
  const fields = new Map<string, readonly string[]>();
  for (const [name, rule] of Object.entries(rules)) {
    const rendered = render(item, name, rule);
    if (rendered.status === 'blocked') return rendered;
    if (rendered.values.length > 0) fields.set(name, rendered.values);
  }
  const title = inOneText(fields.get('title') ?? []).trim();
  if (isBlank(title)) return missing('title', 'title');
  const description = inOneText(fields.get('description') ?? []);
  fields.delete('title');
  fields.delete('description');
  return { status: 'rendered', title, description, fields: Object.fromEntries(fields) };
}

/** Several values where a field takes one text. */
export function inOneText(values: readonly string[]): string {
  return values.join(', ');
}

/** Every path that `fields` draws on, in templates too, each once. */
export function pathsOf(pipeline: PipelineSettings): readonly string[] {
  const rules = { title: TITLE, description: DESCRIPTION, ...pipeline.fields };
  return [...new Set(Object.values(rules).flatMap(pathsOfRule))];
}

export function pathsOfRule(rule: FieldRule): readonly string[] {
  if (!('template' in rule)) return [rule.from];
  return [...rule.template.matchAll(PLACEHOLDER)].map(([, path = '']) => path);
}

function render(item: CraftItem, name: string, rule: FieldRule): Rendered {
  if ('template' in rule) {
    const text = rule.template.replace(PLACEHOLDER, (_, path: string) => readPath(item, path) ?? '');
    return { status: 'values', values: isBlank(text) ? [] : [text] };
  }
  const value = readPath(item, rule.from);
  if (value === null) return ofNothing(name, rule);
  // A type that its workspace calls by another term has two words for one value.
  const values = rule.from === 'type' ? [value] : readValues(item, rule.from);
  return rule.values === null
    ? { status: 'values', values }
    : looked(item, name, { ...rule, values: rule.values }, values);
}

type Tabled = Extract<FieldRule, { from: string }> & { readonly values: Readonly<Record<string, string>> };

/** A table may say what an empty field becomes. */
function ofNothing(name: string, { from, values, required }: Extract<FieldRule, { from: string }>): Rendered {
  const found = Object.hasOwn(values ?? {}, '') ? (values?.[''] ?? '') : null;
  if (found !== null) return { status: 'values', values: found === '' ? [] : [found] };
  return required ? missing(name, from) : { status: 'values', values: [] };
}

/** Each value through the table; an entry for all of them together goes first. */
function looked(item: CraftItem, name: string, rule: Tabled, values: readonly string[]): Rendered {
  const whole = keyNamed(rule.values, inOneText(values));
  const found = new Set<string>();
  for (const value of whole === null ? values : [inOneText(values)]) {
    const names = rule.from === 'type' ? [...readValues(item, 'type'), value] : [value];
    const key = names.map((word) => keyNamed(rule.values, word)).find((known) => known !== null);
    if (key === undefined) return unmapped(name, rule.from, value, rule.values);
    found.add(rule.values[key] ?? '');
  }
  return { status: 'values', values: [...found].filter((text) => text !== '') };
}

function missing(name: string, path: string): Blocked {
  const need = name === path ? '' : `, which fields.${name} needs`;
  return { status: 'blocked', reason: 'missing-field', message: `${capitalised(path)} is empty${need}` };
}

/** `effort` → `Effort`; a custom field keeps the spelling of the configuration. */
function capitalised(path: string): string {
  return path.includes('.') ? path : path.charAt(0).toUpperCase() + path.slice(1);
}

function unmapped(name: string, path: string, value: string, table: Readonly<Record<string, string>>): Blocked {
  const isText = path === 'title' || path === 'description';
  const echo = isText ? 'its value' : JSON.stringify(shortened(value));
  const known = Object.keys(table).join(', ');
  const message = `${path} ${echo} has no entry in fields.${name}.values (known: ${known})`;
  return { status: 'blocked', reason: 'value-unmapped', message };
}

function shortened(value: string): string {
  return value.length <= ECHO_LENGTH ? value : `${value.slice(0, ECHO_LENGTH - 1)}…`;
}
