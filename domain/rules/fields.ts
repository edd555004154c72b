/**
 * What a dev item is created with: the pipeline's `fields` applied to a Craft item.
 * A blocking message names the path and, for tables, the value; it never contains a title or a description.
 */
import type { CraftItem } from '../craftItem.js';
import type { FieldRule, PipelineSettings } from '../settings.js';
import { keyNamed } from './names.js';
import { readPath, readValues } from './paths.js';

export type RenderedFields =
  | {
      readonly status: 'rendered';
      readonly title: string;
      /** Empty if Craft.io has none. */
      readonly description: string;
      /** The other fields, by the dev tool's names; empty ones are left out. */
      readonly fields: Readonly<Record<string, string>>;
    }
  | Blocked;

interface Blocked {
  readonly status: 'blocked';
  readonly reason: 'missing-field' | 'value-unmapped';
  readonly message: string;
}

type Rendered = { readonly status: 'text'; readonly text: string | null } | Blocked;

const TITLE: FieldRule = { template: '{title}' };
const DESCRIPTION: FieldRule = { from: 'description', values: null, required: false };

const PLACEHOLDER = /\{([^{}]*)\}/g;
/** At most this many characters of a value are echoed: enough for a reader to recognise it. */
const ECHO_LENGTH = 60;

export function renderFields(item: CraftItem, pipeline: PipelineSettings): RenderedFields {
  const rules = { title: TITLE, description: DESCRIPTION, ...pipeline.fields };
  const texts = new Map<string, string>();
  for (const [name, rule] of Object.entries(rules)) {
    const rendered = render(item, name, rule);
    if (rendered.status === 'blocked') return rendered;
    if (rendered.text !== null) texts.set(name, rendered.text);
  }
  const title = texts.get('title')?.trim() ?? '';
  if (title === '') return missing('title', 'title');
  const description = texts.get('description') ?? '';
  texts.delete('title');
  texts.delete('description');
  return { status: 'rendered', title, description, fields: Object.fromEntries(texts) };
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
    return { status: 'text', text: text.trim() === '' ? null : text };
  }
  const value = readPath(item, rule.from);
  if (rule.values === null)
    return value === null && rule.required ? missing(name, rule.from) : { status: 'text', text: value };
  const table = rule.values;
  // The table may have a type under either of its names.
  const names = rule.from === 'type' ? readValues(item, 'type') : [];
  const key = [...names, value ?? ''].map((word) => keyNamed(table, word)).find((known) => known !== null);
  if (key !== undefined) return { status: 'text', text: table[key] || null };
  if (value !== null) return unmapped(name, rule.from, value, table);
  return rule.required ? missing(name, rule.from) : { status: 'text', text: null };
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
