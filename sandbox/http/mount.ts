/**
 * One API of one system as the sandbox serves it: its path, who may enter, its routes and the form of its errors.
 *
 * Handlers are synchronous functions from a request to an answer, and change the world completely or not at all. That
 * lets a fault apply a request and lose its answer, or apply it long after the client gave up.
 */
import type { Sight } from './visibility.js';

export const MOUNT_NAMES = [
  'craft-guide',
  'craft-swagger',
  'kitemaker-rest',
  'kitemaker-graphql',
  'craftdesk',
  'craftnote',
  'redmine',
] as const;
export type MountName = (typeof MOUNT_NAMES)[number];

export interface Call {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Parsed JSON; undefined where the request had no body. */
  readonly body: unknown;
  readonly header: (name: string) => string | undefined;
  /** What the key may see at this moment. */
  readonly sight: Sight;
}

export interface Answer {
  readonly status: number;
  /** Sent as JSON; undefined: nothing, as with a 204. */
  readonly body: unknown;
  /** In addition to the content type and length. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The write was made; `itemId` is what it created or changed, if it has an id. Absent: nothing changed. */
  readonly applied?: { readonly itemId: string | null };
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With parameters as `:name`. */
  readonly path: string;
  readonly handle: (call: Call) => Answer;
  /** Whether this request writes, and what it is called in records. Default: everything but GET writes. */
  readonly describe?: (body: unknown) => { readonly write: boolean; readonly operation: string | null };
}

export interface Mount {
  readonly name: MountName;
  readonly basePath: string;
  readonly routes: readonly Route[];
  /** Null: may enter. */
  readonly authenticate: (header: (name: string) => string | undefined) => Answer | null;
  /** The documented form of an error. */
  readonly error: (status: number, message?: string) => Answer;
  /** Media types of bodies that are read as JSON. */
  readonly mediaTypes: readonly string[];
}
