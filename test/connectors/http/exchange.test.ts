import type { Dispatcher } from 'undici';
import { describe, expect, it } from 'vitest';
import { exchange, type Outgoing } from '../../../connectors/http/exchange.js';

const outgoing: Outgoing = {
  origin: 'http://localhost',
  path: '/',
  method: 'GET',
  headers: {},
  body: null,
  timeoutMs: 1_000,
  maxBytes: 100,
  signal: null,
  mayStart: () => true,
};

/** A dispatcher that puts a request whose socket ended back into its queue, as undici's `onHttpSocketClose` can. */
function requeueing(written: () => void): Dispatcher {
  const dispatch = (_: unknown, handler: Dispatcher.DispatchHandler) => {
    const controller = { abort: () => undefined } as unknown as Dispatcher.DispatchController;
    for (const _attempt of ['first', 'again']) {
      try {
        handler.onRequestStart?.(controller, {});
        written();
      } catch (error) {
        handler.onResponseError?.(controller, error as Error);
      }
    }
    return true;
  };
  return { dispatch } as unknown as Dispatcher;
}

describe('connectors/http/exchange', () => {
  it('writes a request once, even where the dispatcher starts it a second time', async () => {
    let writes = 0;
    const result = await exchange(
      requeueing(() => (writes += 1)),
      outgoing,
    );
    expect(writes).toBe(1);
    expect(result).toMatchObject({ outcome: 'lost', fault: { fault: 'repeated' } });
  });

  it('counts what the dispatcher refuses outright as not sent', async () => {
    const refusing = {
      dispatch: () => {
        throw new Error('destroyed');
      },
    } as unknown as Dispatcher;
    expect(await exchange(refusing, outgoing)).toMatchObject({ outcome: 'not-sent', fault: { fault: 'network' } });
  });
});
