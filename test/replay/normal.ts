/**
 * What a recorded history may hold of where it was recorded: nothing. A replay looks at none of it: who took a task,
 * the names of sticky queues, the random names of test namespaces, the places of code in stack traces.
 */
import { readEvents, historyOf } from './histories.js';

const WORKER = 'worker';
const STACK = 'stackTrace';
const STICKY = 'TASK_QUEUE_KIND_STICKY';
const NAMESPACE = /\btest-[0-9a-f]{8}-[0-9a-f-]{27}\b/g;

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The text of a history's JSON, ready to be committed. */
export function normal(text: string): string {
  return `${JSON.stringify(normalValue(JSON.parse(text) as Json), null, 2)}\n`.replaceAll(NAMESPACE, 'test');
}

function normalValue(value: Json): Json {
  if (Array.isArray(value)) return value.map(normalValue);
  if (typeof value !== 'object' || value === null) return value;
  if (typeof value['metadata'] === 'object' && typeof value['data'] === 'string') return normalPayload(value);
  const isSticky = value['kind'] === STICKY;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== STACK)
      .map(([key, inner]) => [key, named(key, isSticky) ?? normalValue(inner)]),
  );
}

function named(key: string, isSticky: boolean): string | null {
  if (key === 'identity') return WORKER;
  return isSticky && key === 'name' ? 'sticky' : null;
}

/** Of JSON alone: what is encrypted stays as it is, and bytes have no words. */
function normalPayload(payload: { [key: string]: Json }): Json {
  const { metadata, data } = payload as { metadata: { encoding?: string }; data: string };
  if (!fromBase64(metadata.encoding ?? '').startsWith('json/')) return payload;
  const words = fromBase64(data).replaceAll(NAMESPACE, 'test');
  return { ...payload, data: Buffer.from(words).toString('base64') };
}

const fromBase64 = (text: string): string => Buffer.from(text, 'base64').toString();

/** A home, a temporary folder, a place of code: of Unix and of Windows. */
const PATH =
  /(?:file:\/\/|(?<![\w.:/])\/(?:home|root|tmp|usr|var|opt|work|Users|app|mnt|private)\/|\b[A-Z]:\\)[^\s"']*/;
const STACK_LINE = /\n\s+at [^\n]{3,}/;
/** `1234@host`, as the SDK names a process. */
const PROCESS = /\b\d+@[\w.-]+/;
const CREDENTIAL =
  /(?:bearer\s+\S{8}|\b(?:api[-_ ]?key|token|password|secret)["']?\s*[:=]\s*["']?\S{6}|:\/\/[^\s/:@]+:[^\s/@]+@)/i;
/** The keys of the sandbox. */
const SANDBOX_KEY = /\b(?:craft|kitemaker|craftdesk|craftnote|redmine)-sandbox-\w{6,}/;

const FORBIDDEN = { path: PATH, 'stack trace': STACK_LINE, process: PROCESS, credential: CREDENTIAL, key: SANDBOX_KEY };

/** What must not be in the history, in words: in its JSON, and in its payloads. */
export async function tracesIn(text: string): Promise<readonly string[]> {
  const events = await readEvents(historyOf({ text }));
  const texts = [text, ...events.flatMap(({ payloads }) => payloads.map((payload) => JSON.stringify(payload)))];
  const found = Object.entries(FORBIDDEN).flatMap(([what, pattern]) =>
    texts.flatMap((one) => {
      const [words] = pattern.exec(one.replaceAll('\\n', '\n')) ?? [];
      return words === undefined ? [] : [`${what}: ${words.trim().slice(0, 80)}`];
    }),
  );
  return [...new Set(found)];
}
