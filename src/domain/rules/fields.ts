/** What a dev item is made of, drawn from a Craft item by the pipeline's `fields` (DESIGN 7). */
import type { CraftItem } from '../craftItem.js';
import type { FieldRule, PipelineSettings } from '../settings.js';
import { readPath } from './paths.js';

export type RenderedFields =
  | {
      readonly status: 'rendered';
      readonly title: string;
      readonly description: string;
      /** The other fields by the connector's names; an empty optional source is left out. */
      readonly fields: Readonly<Record<string, string>>;
    }
  | { readonly status: 'blocked'; readonly reason: 'missing-field' | 'value-unmapped'; readonly message: string };

type Rendered = { readonly text: string | null } | Extract<RenderedFields, { status: 'blocked' }>;

const PLACEHOLDER = /\{([^{}]+)\}/g;

export function renderFields(item: CraftItem, pipeline: PipelineSettings): RenderedFields {
  const texts: Record<string, string> = {};
  for (const [name, rule] of Object.entries(pipeline.fields)) {
    const rendered = renderField(item, name, rule);
    if ('status' in rendered) return rendered;
    if (rendered.text !== null) texts[name] = rendered.text;
  }
  const { title = '', description = '', ...fields } = texts;
  if (title.trim() === '') return { status: 'blocked', reason: 'missing-field', message: 'Title is empty' };
  return { status: 'rendered', title: title.trim(), description, fields };
}

/** The Craft.io paths that a rule draws on. */
export function pathsOf(rule: FieldRule): readonly string[] {
  if ('from' in rule) return [rule.from];
  return [...rule.template.matchAll(PLACEHOLDER)].map((match) => match[1]?.trim() ?? '');
}

function renderField(item: CraftItem, name: string, rule: FieldRule): Rendered {
  if ('template' in rule) {
    return { text: rule.template.replace(PLACEHOLDER, (_, path: string) => readPath(item, path.trim()) ?? '') };
  }
  const value = readPath(item, rule.from);
  if (value === null) {
    if (!rule.required) return { text: null };
    return { status: 'blocked', reason: 'missing-field', message: `${label(rule.from)} is empty` };
  }
  if (rule.values === null) return { text: value };
  if (Object.hasOwn(rule.values, value)) return { text: rule.values[value] ?? null };
  const known = Object.keys(rule.values).join(', ');
  return {
    status: 'blocked',
    reason: 'value-unmapped',
    message: `${rule.from} "${shorten(value)}" has no entry in fields.${name}.values (known: ${known})`,
  };
}

/** `effort` → `Effort`; `customFields.team` → `Team`. */
function label(path: string): string {
  const name = path.startsWith('customFields.') ? path.slice('customFields.'.length) : path;
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** A value is echoed so far that it can be recognised, not so far that a text gets into logs. */
function shorten(value: string): string {
  return value.length <= 40 ? value : `${value.slice(0, 40)}…`;
}
