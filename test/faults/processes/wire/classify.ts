/** What a request is, by its address and body alone: the paths of Kitemaker and of Craft.io's guide dialect. */
import type { CallKind, Side } from '../plan/faults.js';
import type { SeenCall } from '../record/record.js';

interface Request {
  readonly side: Side;
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

const MARKER = /craftsync:[a-z0-9-]+\/(\d+)\/\d+(?![^"\\\s])/;

export function classify(request: Request): Pick<SeenCall, 'kind' | 'body' | 'craftItemId' | 'marker'> {
  const kind = request.side === 'tool' ? toolKind(request) : craftKind(request);
  const found = kind === 'create' ? MARKER.exec(request.body) : null;
  const written = kind === 'put' ? (/\/items?\/(\d+)/.exec(request.path)?.[1] ?? null) : null;
  return {
    kind,
    body: parsed(request.body),
    craftItemId: found?.[1] ?? written,
    marker: found?.[0] ?? null,
  };
}

/** The Craft item whose marker stands in the text. */
export function craftIdIn(text: string): string | null {
  return MARKER.exec(text)?.[1] ?? null;
}

export function markerIn(text: string): string | null {
  return MARKER.exec(text)?.[0] ?? null;
}

function toolKind({ method, path, body }: Request): CallKind {
  if (method === 'POST' && path.endsWith('/workitem')) return 'create';
  if (method === 'POST' && path.endsWith('/comment')) return 'comment';
  return path.endsWith('/graphql') && /\bworkItem\s*\(/.test(body) ? 'tool-by-id' : 'tool-list';
}

function craftKind({ method, path }: Request): CallKind {
  if (method === 'PUT') return 'put';
  if (/\/(workspace|portfolio)\/[^/]+\/items(\?|$)/.test(path)) return 'craft-list';
  return /\/item\/[^/]+/.test(path) ? 'craft-by-id' : 'craft-other';
}

function parsed(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
