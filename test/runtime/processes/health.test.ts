import { afterEach, describe, expect, it } from 'vitest';
import { createRedactor } from '../../../domain/redaction/redactor.js';
import { serveHealth, type HealthServer } from '../../../runtime/processes/health.js';

describe('runtime/processes/health', () => {
  let server: HealthServer | null = null;
  afterEach(() => server?.close());

  it('tells what is wrong without a secret in it, and answers JSON', async () => {
    const redactor = createRedactor(['hunter2-"hunter2"']);
    const problems = (): Promise<readonly string[]> =>
      Promise.resolve(['the ledger refuses hunter2-"hunter2" and hunter2-%22hunter2%22']);
    server = await serveHealth({ host: '127.0.0.1', port: 0 }, problems, { words: true, redactor });
    const answer = await fetch(`${server.url}/readyz`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({
      status: 'not ready',
      problems: ['the ledger refuses [redacted] and [redacted]'],
    });
    expect(await (await fetch(`${server.url}/healthz`)).json()).toEqual({ status: 'alive' });
  });
});
