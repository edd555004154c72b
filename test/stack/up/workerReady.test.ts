import { createServer, type AddressInfo } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';
import { untilWorkerPolls } from '../../../stack/up/workerReady.js';

describe('stack/up/workerReady', () => {
  const warnings: string[] = [];
  const note = (warning: Error): void => void warnings.push(warning.message);
  afterEach(() => void process.removeListener('warning', note));

  it('waits for a worker for as long as it takes without a warning of Node', async () => {
    process.on('warning', note);
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const given = AbortSignal.timeout(4_000);
    const temporal = { address, namespace: 'default', connectionOptions: {}, tlsBecause: null };
    await expect(untilWorkerPolls(temporal, 0, given)).rejects.toThrow();
    server.close();
    expect(warnings).toEqual([]);
  });
});
