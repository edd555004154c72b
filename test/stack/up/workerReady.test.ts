import { NO_KEYS } from '../../../config/encryption/keys.js';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { untilWorkerPolls } from '../../../stack/up/workerReady.js';

/** The answer of gRPC to a call that a server does not know. */
const UNIMPLEMENTED = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '12' };

describe('stack/up/workerReady', () => {
  const warnings: string[] = [];
  const note = (warning: Error): void => void warnings.push(warning.message);
  afterEach(() => void process.removeListener('warning', note));

  it('asks for a worker again and again without a warning of Node', async () => {
    process.on('warning', note);
    let questions = 0;
    const server = createServer().on('stream', (stream) => {
      questions += 1;
      stream.respond(UNIMPLEMENTED, { endStream: true });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const temporal = {
      address,
      namespace: 'default',
      connectionOptions: { address },
      tlsBecause: null,
      encryption: NO_KEYS,
    };
    const given = new AbortController();
    const waiting = untilWorkerPolls(temporal, 0, given.signal);
    await expect.poll(() => questions, { timeout: 20_000 }).toBeGreaterThan(15);
    given.abort(new Error('given up'));
    await expect(waiting).rejects.toThrow('given up');
    server.close();
    expect(warnings).toEqual([]);
  }, 30_000);
});
