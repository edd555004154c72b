/**
 * The usable part of what signals and updates carry: one optional object (design 7, Messages). Anybody may send
 * anything. A signal cannot be refused, and an error in its handler would stop the run for ever, so its odd parts count
 * as absent. An update is refused by its validator, which says why.
 */
import type { DevItemSnapshot } from '../../domain/devItem.js';
import type { RelinkInput, ResyncInput } from '../../domain/messages.js';

type Fields = Readonly<Record<string, unknown>>;

/** At most this many characters of a refused payload are repeated. */
const ECHOED = 80;

function fieldsOf(payload: unknown): Fields {
  return typeof payload === 'object' && payload !== null && !Array.isArray(payload) ? (payload as Fields) : {};
}

/** For `resync`, `pause`, `resume`, `release` and `recreate`. */
export function verbInput(payload: unknown): ResyncInput {
  const { reason, acceptDrift } = fieldsOf(payload);
  return {
    ...(typeof reason === 'string' && { reason }),
    ...(typeof acceptDrift === 'boolean' && { acceptDrift }),
  };
}

/** For `relink`, whose validator has checked the id. */
export function relinkInput(payload: unknown): RelinkInput {
  return { ...verbInput(payload), devItemId: String(fieldsOf(payload)['devItemId']) };
}

/** For `devItemChanged`; null if no snapshot can be used: the dev item is read then. */
export function snapshotIn(payload: unknown): DevItemSnapshot | null {
  const snapshot = fieldsOf(fieldsOf(payload)['snapshot']);
  return isSnapshot(snapshot) ? snapshot : null;
}

function isSnapshot(snapshot: Fields): snapshot is Fields & DevItemSnapshot {
  const { id, status, key, url, updatedAt, scope, fromLedger } = snapshot;
  const isTextOrNull = (value: unknown): boolean => value === null || typeof value === 'string';
  return (
    typeof id === 'string' &&
    typeof status === 'string' &&
    [key, url, updatedAt].every(isTextOrNull) &&
    (scope === undefined || typeof scope === 'string') &&
    (fromLedger === undefined || typeof fromLedger === 'boolean')
  );
}

/** For validators: throws unless the payload of an update is absent or an object with fields of the right types. */
export function checkVerbInput(update: string, payload: unknown): void {
  if (payload === undefined || payload === null) return;
  const fields = fieldsOf(payload);
  if (fields !== payload) throw new Error(`${update} takes one optional object; it got ${echo(payload)}`);
  checkField(update, fields, 'reason', 'string');
  checkField(update, fields, 'acceptDrift', 'boolean');
}

export function checkRelinkInput(payload: unknown): void {
  checkVerbInput('relink', payload);
  const id = fieldsOf(payload)['devItemId'];
  if (typeof id !== 'string' || id === '') throw new Error('relink needs { "devItemId": "<id of the dev item>" }');
}

function checkField(update: string, fields: Fields, name: string, type: 'string' | 'boolean'): void {
  const value = fields[name];
  if (value === undefined || value === null || typeof value === type) return;
  throw new Error(`${name} of ${update} is a ${type}; it got ${echo(value)}`);
}

function echo(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > ECHOED ? `${text.slice(0, ECHOED)}…` : text;
}
