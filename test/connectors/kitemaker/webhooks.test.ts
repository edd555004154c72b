import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { webhooks } from '../../../connectors/kitemaker/capabilities/webhooks.js';
import { kitemakerSigns } from '../conformance/kitemaker.js';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

describe('connectors/kitemaker/webhooks', () => {
  const { signed } = kitemakerSigns(SECRET);
  const verify = (body: string, headers: Readonly<Record<string, string | undefined>> = signed(body).headers) =>
    webhooks.verify({ headers, body: Buffer.from(body), receivedAt: new Date() }, SECRET);
  const news = (type: string): string => JSON.stringify({ id: 'e0adcf1a3dd0b58c', type, event: 'updated', more: 1 });

  it('reports work items, and neither comments nor initiatives nor types yet unknown', () => {
    expect(verify(news('WorkItem'))).toMatchObject({ verdict: 'accepted', devItemIds: ['e0adcf1a3dd0b58c'] });
    for (const type of ['Comment', 'Initiative', 'Theme', 'Spaceship'])
      expect(verify(news(type)), type).toMatchObject({ verdict: 'accepted', devItemIds: [] });
  });

  it('agrees with Svix’s published example, as the library does', () => {
    const at = new Date(1_614_265_330_000);
    const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
    const body = '{"test": 2432232314}';
    expect(new Webhook(SECRET).sign('msg_p5jXN8AQM9LWM0D4loKWxJek', at, body)).toBe(signature);
    const headers = {
      'svix-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'svix-timestamp': '1614265330',
      'svix-signature': signature,
    };
    const receivedAt = new Date(at.getTime() + 299_000);
    const delivery = { headers, body: Buffer.from(body), receivedAt };
    // Signed as it should be; only the body is not Kitemaker's.
    expect(webhooks.verify(delivery, SECRET)).toMatchObject({ because: 'malformed' });
    const late = { ...delivery, receivedAt: new Date(at.getTime() + 301_000) };
    expect(webhooks.verify(late, SECRET)).toMatchObject({ because: 'time' });
  });

  it('accepts any of several signatures, as sent while a secret is being changed', () => {
    const { headers } = signed(news('WorkItem'));
    const several = `v1,${'A'.repeat(43)}= v1a,xyz ${headers['svix-signature'] ?? ''}`;
    expect(verify(news('WorkItem'), { ...headers, 'svix-signature': several }).verdict).toBe('accepted');
    const others = `v1,${'A'.repeat(43)}= v2${(headers['svix-signature'] ?? '').slice(2)}`;
    expect(verify(news('WorkItem'), { ...headers, 'svix-signature': others }).verdict).toBe('refused');
  });
});
