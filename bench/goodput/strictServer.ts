/** The other side of the goodput benchmark: no more than `limit` calls in any window, like the strictest of servers. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StrictServer {
  readonly url: string;
  readonly counts: { readonly useful: number; readonly refused: number; readonly failed: number };
  /** Counts anew from now on; the windows stay. */
  reset(): void;
  close(): void;
}

export async function startStrictServer(options: {
  readonly limit: number;
  readonly windowMs: number;
  /** The share of calls that are answered with 503, and count against the limit all the same. */
  readonly failing: number;
}): Promise<StrictServer> {
  const { limit, windowMs, failing } = options;
  let taken: number[] = [];
  let counts = { useful: 0, refused: 0, failed: 0 };
  let calls = 0;
  const statusOf = (nowMs: number): 200 | 429 | 503 => {
    taken = taken.filter((atMs) => atMs > nowMs - windowMs);
    if (taken.length >= limit) return 429;
    taken.push(nowMs);
    calls += 1;
    // Evenly, so that runs can be compared.
    return Math.floor(calls * failing) > Math.floor((calls - 1) * failing) ? 503 : 200;
  };
  const server = createServer((request, reply) => {
    request.resume();
    const status = statusOf(performance.now());
    if (status === 200) counts.useful += 1;
    else if (status === 429) counts.refused += 1;
    else counts.failed += 1;
    reply.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    get counts() {
      return counts;
    },
    reset: () => void (counts = { useful: 0, refused: 0, failed: 0 }),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
