/**
 * Encrypts what Temporal keeps of a run: arguments, results, signals, details, memos, summaries and failures, with
 * AES-256-GCM (decision 36). Every process has the codec, also where no key is set: it then leaves payloads as they
 * are, and says what is missing when it meets an encrypted one.
 *
 * An encrypted payload holds 12 random bytes, the 16 of GCM's tag, and the whole payload that it stands for. Its
 * metadata names the key; the name is authenticated with it, so that nobody passes one key's payload off as another's.
 */
import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { ScheduleClient } from '@temporalio/client';
import {
  DefaultFailureConverter,
  defaultPayloadConverter,
  type LoadedDataConverter,
  type Payload,
  type PayloadCodec,
} from '@temporalio/common';
import proto from '@temporalio/proto';
import { KEY_ID, type EncryptionKeys } from '../../config/encryption/keys.js';
import { ExplainedError } from '../../domain/explainedError.js';

/** What was encrypted cannot be read here: which key, and what to do. */
export class EncryptionFailure extends ExplainedError {
  override readonly name = 'EncryptionFailure';
}

const WirePayload = proto.temporal.api.common.v1.Payload;
const ENCODING = 'binary/encrypted';
const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Metadata of an encrypted payload; `encoding` is Temporal's own name. */
const METADATA = { encoding: 'encoding', keyId: 'encryption-key-id', cipher: 'encryption-cipher' } as const;
const VARIABLE = 'CRAFTSYNC_ENCRYPTION_KEYS';

/** Payloads that are not encrypted, from before it was turned on, are read as they are. */
export function payloadCodec(known: EncryptionKeys): PayloadCodec {
  const { keys, encryptsWith } = known;
  const key = encryptsWith === null ? undefined : keys.get(encryptsWith);
  return {
    encode: (payloads) =>
      Promise.resolve(
        encryptsWith === null || key === undefined
          ? payloads
          : payloads.map((one) => encrypted(one, encryptsWith, key)),
      ),
    decode: (payloads) => new Promise((resolve) => resolve(payloads.map((one) => decrypted(one, known)))),
  };
}

/** For clients. Workers load the same failure converter by its path, since it runs within workflows, too. */
export function clientConverter(keys: EncryptionKeys): LoadedDataConverter {
  return {
    payloadConverter: defaultPayloadConverter,
    failureConverter: new DefaultFailureConverter({ encodeCommonAttributes: keys.encryptsWith !== null }),
    payloadCodecs: [payloadCodec(keys)],
  };
}

/**
 * Schedules are written and read without a codec: they hold the names of a pipeline or a dev tool, which their ids
 * show too, and they outlive every key. A sweep that cannot begin, since its schedule was encrypted by a key that went,
 * would be worse.
 */
export function plainSchedules({ connection, options: { namespace } }: Client): ScheduleClient {
  return new ScheduleClient({ connection, namespace });
}

function encrypted(payload: Payload, keyId: string, key: KeyObject): Payload {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv).setAAD(aadOf(keyId));
  const sealed = [cipher.update(WirePayload.encode(payload).finish()), cipher.final()];
  return {
    metadata: {
      [METADATA.encoding]: Buffer.from(ENCODING),
      [METADATA.keyId]: Buffer.from(keyId),
      [METADATA.cipher]: Buffer.from(CIPHER),
    },
    data: Buffer.concat([iv, cipher.getAuthTag(), ...sealed]),
  };
}

function decrypted(payload: Payload, { keys }: EncryptionKeys): Payload {
  if (textOf(payload, METADATA.encoding) !== ENCODING) return payload;
  const keyId = textOf(payload, METADATA.keyId);
  if (keyId === null || !KEY_ID.test(keyId) || textOf(payload, METADATA.cipher) !== CIPHER) {
    throw new EncryptionFailure(
      'Temporal holds a payload that another program encrypted: give craftsync a namespace of its own (TEMPORAL_NAMESPACE)',
    );
  }
  const key = keys.get(keyId);
  if (key === undefined) throw new EncryptionFailure(unknownKey(keyId, [...keys.keys()]));
  try {
    return opened(Buffer.from(payload.data ?? []), keyId, key);
  } catch {
    throw new EncryptionFailure(
      `a payload in Temporal was encrypted with the key ${keyId}, and the key of that name in ${VARIABLE} does not open it: ` +
        `set ${keyId} to what it was when the payload was written, and give a new key a new id`,
    );
  }
}

function opened(data: Buffer, keyId: string, key: KeyObject): Payload {
  const decipher = createDecipheriv(CIPHER, key, data.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(aadOf(keyId))
    .setAuthTag(data.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  return WirePayload.decode(Buffer.concat([decipher.update(data.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]));
}

function unknownKey(keyId: string, known: readonly string[]): string {
  const has = known.length === 0 ? 'is not set here' : `names only ${known.join(', ')} here`;
  const what = known.length === 0 ? `set it to the keys of the other processes, ${keyId} among them` : `add ${keyId}`;
  return (
    `a payload in Temporal is encrypted with the key ${keyId}, and ${VARIABLE} ${has}: ` +
    `${what}, and start this process again (a key is needed until no run that it encrypted is kept)`
  );
}

function aadOf(keyId: string): Buffer {
  return Buffer.from(`craftsync/${CIPHER}/${keyId}`);
}

function textOf({ metadata }: Payload, name: string): string | null {
  const bytes = metadata?.[name];
  return bytes === undefined || bytes === null ? null : Buffer.from(bytes).toString('utf8');
}
