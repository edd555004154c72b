import { Client, Connection } from '@temporalio/client';
import { ApplicationFailure, defaultPayloadConverter, toPayloads, type Payload } from '@temporalio/common';
import {
  decodeOptionalFailureToOptionalError,
  encodeErrorToFailure,
} from '@temporalio/common/lib/internal-non-workflow/index.js';
import { describe, expect, it } from 'vitest';
import { NO_KEYS, readEncryptionKeys, type EncryptionKeys } from '../../../config/encryption/keys.js';
import {
  clientConverter,
  EncryptionFailure,
  payloadCodec,
  plainSchedules,
} from '../../../runtime/temporal/encryption.js';

const keyText = (seed: number): string =>
  Buffer.from(Array.from({ length: 32 }, (_, at) => (seed * 31 + at * 7) % 251)).toString('base64');
const keysOf = (text: string): EncryptionKeys => readEncryptionKeys(text, []);
const FIRST = keysOf(`k1:${keyText(1)}`);
const ROTATED = keysOf(`k2:${keyText(2)},k1:${keyText(1)}`);
const WORDS = 'what a run was told';

const plain = (): Payload[] => toPayloads(defaultPayloadConverter, { words: WORDS }, 7, undefined) ?? [];
const valuesOf = (payloads: Payload[]): unknown[] =>
  payloads.map((payload) => defaultPayloadConverter.fromPayload(payload));
const bytesOf = (payloads: readonly Payload[]): string =>
  Buffer.from(JSON.stringify(payloads.map(({ metadata, data }) => [metadata, data && Buffer.from(data)]))).toString() +
  payloads.map(({ data }) => Buffer.from(data ?? []).toString('latin1')).join('');

describe('runtime/temporal/encryption', () => {
  it('gives back what it encrypted, and shows none of it meanwhile', async () => {
    const codec = payloadCodec(FIRST);
    const sealed = await codec.encode(plain());
    expect(bytesOf(sealed)).not.toContain(WORDS);
    expect(bytesOf(sealed)).not.toContain('json/plain');
    expect(sealed.map(({ metadata }) => Buffer.from(metadata?.['encryption-key-id'] ?? []).toString())).toEqual([
      'k1',
      'k1',
      'k1',
    ]);
    expect(valuesOf(await codec.decode(sealed))).toEqual([{ words: WORDS }, 7, undefined]);
  });

  it('never encrypts the same into the same', async () => {
    const codec = payloadCodec(FIRST);
    const [[a], [b]] = [await codec.encode(plain()), await codec.encode(plain())];
    expect(Buffer.from(a?.data ?? []).equals(Buffer.from(b?.data ?? []))).toBe(false);
  });

  it('after a rotation encrypts with the new key, and reads what the old one encrypted', async () => {
    const old = await payloadCodec(FIRST).encode(plain());
    expect(valuesOf(await payloadCodec(ROTATED).decode(old))).toEqual([{ words: WORDS }, 7, undefined]);
    const now = await payloadCodec(ROTATED).encode(plain());
    await expect(payloadCodec(FIRST).decode(now)).rejects.toThrow(
      /encrypted with the key k2, and CRAFTSYNC_ENCRYPTION_KEYS names only k1 here: add k2, and start this process again/,
    );
  });

  it('reads what is not encrypted, and with none in front encrypts nothing', async () => {
    const turning = payloadCodec(keysOf(`none,k1:${keyText(1)}`));
    expect(await turning.encode(plain())).toEqual(plain());
    expect(await payloadCodec(FIRST).decode(plain())).toEqual(plain());
    const sealed = await payloadCodec(FIRST).encode(plain());
    expect(valuesOf(await turning.decode(sealed))).toEqual([{ words: WORDS }, 7, undefined]);
  });

  it('without keys says which one is missing and what to do', async () => {
    const sealed = await payloadCodec(FIRST).encode(plain());
    await expect(payloadCodec(NO_KEYS).decode(sealed)).rejects.toThrow(
      /encrypted with the key k1, and CRAFTSYNC_ENCRYPTION_KEYS is not set here: set it to the keys of the other processes, k1 among them/,
    );
    expect(await payloadCodec(NO_KEYS).decode(plain())).toEqual(plain());
  });

  it('tells another key of the same name, a damaged payload and a renamed key from a missing one', async () => {
    const [sealed] = await payloadCodec(ROTATED).encode(plain());
    const data = Buffer.from(sealed?.data ?? []);
    const damaged = data.map((byte, at) => (at === data.length - 1 ? byte ^ 1 : byte));
    const renamed = { ...sealed?.metadata, 'encryption-key-id': Buffer.from('k1') };
    const other = keysOf(`k2:${keyText(3)}`);
    const tried: readonly [EncryptionKeys, Payload][] = [
      [other, { ...sealed }],
      [ROTATED, { ...sealed, data: damaged }],
      [ROTATED, { ...sealed, data: data.subarray(0, 5) }],
      [keysOf(`k1:${keyText(2)}`), { ...sealed, metadata: renamed }],
    ];
    for (const [keys, payload] of tried) {
      const reading = payloadCodec(keys).decode([payload]);
      await expect(reading).rejects.toThrow(EncryptionFailure);
      await expect(reading).rejects.toThrow(/does not open it: set k[12] to what it was/);
    }
  });

  it('does not repeat what another program wrote in the place of a key id', async () => {
    const metadata = { encoding: Buffer.from('binary/encrypted'), 'encryption-key-id': Buffer.from('\u001b[2J<b>x') };
    const reading = payloadCodec(FIRST).decode([{ metadata, data: Buffer.from('x') }]);
    await expect(reading).rejects.toThrow(/^Temporal holds a payload that another program encrypted: give craftsync/);
  });

  it('encrypts the text of failures where payloads are encrypted, and leaves it readable where they are not', async () => {
    const failure = ApplicationFailure.create({ message: WORDS, details: [WORDS], cause: new Error(WORDS) });
    const sealed = await encodeErrorToFailure(clientConverter(FIRST), failure);
    expect(sealed.message).toBe('Encoded failure');
    expect(JSON.stringify(sealed)).not.toContain(WORDS);
    expect(sealed.cause?.message).toBe('Encoded failure');
    const back = await decodeOptionalFailureToOptionalError(clientConverter(FIRST), sealed);
    expect([back?.message, (back?.cause as Error).message]).toEqual([WORDS, WORDS]);
    const open = await encodeErrorToFailure(clientConverter(NO_KEYS), ApplicationFailure.create({ message: WORDS }));
    expect(open.message).toBe(WORDS);
  });

  it('leaves schedules as they are, so that a sweep begins whichever keys are known', async () => {
    const connection = Connection.lazy({ address: '127.0.0.1:1' });
    const client = new Client({ connection, dataConverter: clientConverter(FIRST) });
    expect(client.schedule.options.loadedDataConverter.payloadCodecs).toHaveLength(1);
    expect(plainSchedules(client).options.loadedDataConverter.payloadCodecs).toEqual([]);
    await connection.close();
  });
});
