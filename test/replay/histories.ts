/**
 * The recorded histories: `histories/<release>/<workflow>-<what it guards>.json`, those of the next release in
 * `histories/unreleased/`. Read as they are, and with their payloads decoded.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { historyFromJSON, type History } from '@temporalio/common/lib/proto-utils.js';
import { readEncryptionKeys } from '../../config/encryption/keys.js';
import { payloadCodec } from '../../runtime/temporal/encryption.js';

export const HISTORIES = fileURLToPath(new URL('./histories/', import.meta.url));
export const UNRELEASED = 'unreleased';

/** Of the encrypted histories. It protects nothing: whoever reads this file has it. */
export const HISTORY_KEY = `histories:${Buffer.alloc(32, 'not a secret ').toString('base64')}`;
export const historyCodec = payloadCodec(readEncryptionKeys(`none,${HISTORY_KEY}`, []));

export interface Recorded {
  /** `unreleased/itemSync-paused.json` */
  readonly file: string;
  readonly release: string;
  readonly text: string;
}

export function recordedHistories(): readonly Recorded[] {
  return readdirSync(HISTORIES).flatMap((release) =>
    readdirSync(`${HISTORIES}${release}`)
      .filter((name) => name.endsWith('.json'))
      .map((name) => {
        const file = `${release}/${name}`;
        return { file, release, text: readFileSync(`${HISTORIES}${file}`, 'utf8') };
      }),
  );
}

export function historyOf({ text }: Pick<Recorded, 'text'>): History {
  return historyFromJSON(JSON.parse(text));
}

type Event = NonNullable<History['events']>[number];

/** What an event holds besides its payloads. */
export interface ReadEvent {
  /** `workflowExecutionStarted`: its attributes without that word. */
  readonly type: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** In their order; what is no JSON is left out. */
  readonly payloads: readonly unknown[];
  readonly isEncrypted: boolean;
}

export async function readEvents({ events }: History): Promise<readonly ReadEvent[]> {
  return Promise.all((events ?? []).map(readEvent));
}

async function readEvent(event: Event): Promise<ReadEvent> {
  const [key = '', attributes = {}] =
    Object.entries(event).find(([name, value]) => name.endsWith('EventAttributes') && value != null) ?? [];
  const found = payloadsIn(event);
  const decoded = await historyCodec.decode(found);
  return {
    type: key.replace('EventAttributes', ''),
    attributes: attributes as Record<string, unknown>,
    payloads: decoded.flatMap(({ metadata, data }) =>
      textOf(metadata?.['encoding']).startsWith('json/') ? [JSON.parse(textOf(data)) as unknown] : [],
    ),
    isEncrypted: found.some(({ metadata }) => textOf(metadata?.['encoding']) === 'binary/encrypted'),
  };
}

type Payload = Parameters<typeof historyCodec.decode>[0][number];

function payloadsIn(value: unknown): Payload[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  if ('metadata' in value && 'data' in value && value.data instanceof Uint8Array) return [value as Payload];
  return Object.values(value).flatMap(payloadsIn);
}

const textOf = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString();
