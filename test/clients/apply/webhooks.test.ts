import { describe, expect, it } from 'vitest';
import { registerWebhooks } from '../../../clients/apply/webhooks.js';
import type { Webhooks } from '../../../connectors/port/capabilities.js';
import { ToolError } from '../../../domain/errors.js';

type Register = NonNullable<Webhooks['registration']>['register'];
type Configured = Parameters<typeof registerWebhooks>[0];
type DevTools = Parameters<typeof registerWebhooks>[1];

const URL = 'https://sync.example.com/webhooks/cn';

/** A tool that remembers what was registered, as its server does. */
function toolWithApi(): { register: Register; held: Map<string, string> } {
  const held = new Map<string, string>();
  return {
    held,
    register: ({ url, secret }) => {
      const isKnown = held.get(url) === secret;
      held.set(url, secret);
      return Promise.resolve(isKnown ? [] : [`registered project.updated for ${url}`]);
    },
  };
}

function setUp(entry: { webhookUrl?: string | null; secret?: string; webhooks?: { register: Register } | 'by hand' }) {
  const { webhookUrl = null, secret = null, webhooks } = entry;
  const capability = webhooks === 'by hand' ? { registration: null } : { registration: webhooks };
  const configured = {
    settings: { devTools: { cn: { name: 'cn', type: 'craftnote', webhookUrl } } },
    secrets: { webhookSecret: () => secret },
  } as unknown as Configured;
  const devTools = { cn: webhooks === undefined ? {} : { webhooks: capability } } as unknown as DevTools;
  const said: string[] = [];
  const noted: string[] = [];
  const report = { say: (line: string) => said.push(line), note: (line: string) => noted.push(line) };
  return { run: () => registerWebhooks(configured, devTools, report), said, noted };
}

describe('clients/apply/webhooks', () => {
  it('registers the address with the secret, and changes nothing the second time', async () => {
    const tool = toolWithApi();
    const { run, said, noted } = setUp({ webhookUrl: URL, secret: 'hush', webhooks: tool });
    await run();
    expect(said).toEqual([`webhooks: cn: registered project.updated for ${URL}`]);
    expect(tool.held).toEqual(new Map([[URL, 'hush']]));
    await run();
    expect({ said: said.length, noted }).toEqual({ said: 1, noted: [] });
  });

  it('registers nothing without the public address, and says how in one line', async () => {
    const tool = toolWithApi();
    const { run, said, noted } = setUp({ secret: 'hush', webhooks: tool });
    await run();
    expect({ said, held: tool.held.size }).toEqual({ said: [], held: 0 });
    expect(noted).toEqual([
      expect.stringMatching(/^devTools\.cn: .* set webhookUrl .*\/webhooks\/cn, and apply again$/),
    ]);
  });

  it('says nothing where nobody wants webhooks, and what a person has to do where the tool has no API for them', async () => {
    const without = setUp({ webhooks: toolWithApi() });
    await without.run();
    expect(without.noted).toEqual([]);
    const byHand = setUp({ webhookUrl: URL, secret: 'hush', webhooks: 'by hand' });
    await byHand.run();
    expect(byHand.noted).toEqual([expect.stringContaining(`enter ${URL} in its settings by hand`)]);
    const none = setUp({ webhookUrl: URL, secret: 'hush' });
    await none.run();
    expect(none.noted).toEqual([expect.stringContaining('has no webhooks')]);
  });

  it('fails with what the tool says', async () => {
    const refusal = new ToolError('forbidden', 'cn: POST /webhooks answered 403', { connection: 'cn' });
    const { run } = setUp({ webhookUrl: URL, secret: 'hush', webhooks: { register: () => Promise.reject(refusal) } });
    await expect(run()).rejects.toBe(refusal);
  });
});
