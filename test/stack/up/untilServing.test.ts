import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { mountHealthz } from '../../../runtime/processes/health.js';
import { untilAnswers } from '../../../stack/up/untilServing.js';

const startedAs = 'a-random-word';

/** Whether what answers at this port is taken for the child, within a moment. */
async function isTaken(port: number): Promise<boolean> {
  const url = `http://127.0.0.1:${port}/healthz`;
  return untilAnswers({ url, startedAs }, AbortSignal.timeout(700)).then(
    () => true,
    () => false,
  );
}

async function child(port: number, word: string | null): Promise<number> {
  const app = fastify();
  mountHealthz(app, word);
  onTestFinished(() => app.close());
  return Number(new URL(await app.listen({ host: '127.0.0.1', port })).port);
}

describe('stack/up/untilServing', () => {
  it('knows the child by its word, at a port too that fetch refuses, and whatever proxy is named', async () => {
    const port = await Promise.any([10080, 6697, 6669, 6668, 6000].map((refused) => child(refused, startedAs)));
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
    expect(await isTaken(port)).toBe(true);
  });

  it('takes no other server for the child: not a stranger, not another listener', async () => {
    const stranger = createServer((_request, response) => response.end('hello'));
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void stranger.close());
    expect(await isTaken((stranger.address() as AddressInfo).port)).toBe(false);
    expect(await isTaken(await child(0, null))).toBe(false);
    expect(await isTaken(await child(0, 'another-word'))).toBe(false);
  });
});
