import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { webhooksOf } from '../../../connectors/craftdesk/capabilities/webhooks.js';
import type { WebhookVerdict } from '../../../connectors/port/capabilities.js';

const SECRET = 'hush-hush';
const NOW = new Date('2026-11-24T12:00:00Z');
const body = (more: object = {}) =>
  JSON.stringify({
    id: 'evt_5a',
    type: 'project.updated',
    created_at: '2026-11-24T11:59:00Z',
    data: { id: 'p-1' },
    ...more,
  });
const hmac = (text: string, secret = SECRET) => createHmac('sha256', secret).update(text);

function verify(text: string, signature: string | undefined, header = 'X-CraftDesk-Signature'): WebhookVerdict {
  const delivery = { headers: { [header.toLowerCase()]: signature }, body: Buffer.from(text), receivedAt: NOW };
  return webhooksOf(header).verify(delivery, SECRET);
}
const signed = (more: object) => verify(body(more), hmac(body(more)).digest('hex'));

describe('connectors/craftdesk/webhooks', () => {
  it.each([
    ['hex', hmac(body()).digest('hex')],
    ['hex in capitals', hmac(body()).digest('hex').toUpperCase()],
    ['hex after sha256=', `sha256=${hmac(body()).digest('hex')}`],
    ['base64', hmac(body()).digest('base64')],
    ['base64 after sha256=', `sha256=${hmac(body()).digest('base64')}`],
  ])('accepts a signature in %s', (_form, signature) => {
    expect(verify(body(), signature)).toEqual({ verdict: 'accepted', deliveryId: 'evt_5a', devItemIds: ['p-1'] });
  });

  it('takes the header that the configuration names', () => {
    expect(verify(body(), hmac(body()).digest('hex'), 'X-Hook').verdict).toBe('accepted');
  });

  it.each([
    ['none', undefined],
    ['an empty one', ''],
    ['one of another secret', hmac(body(), 'other').digest('hex')],
    ['one of another body', hmac(body({ n: 1 })).digest('hex')],
    ['the secret itself', SECRET],
    ['a shortened one', hmac(body()).digest('hex').slice(0, 62)],
    ['a lengthened one', `${hmac(body()).digest('hex')}00`],
  ])('refuses a signature that is %s, and reveals neither it nor the secret', (_what, signature) => {
    const verdict = verify(body(), signature);
    expect(verdict).toMatchObject({ verdict: 'refused', because: 'signature' });
    expect(JSON.stringify(verdict)).not.toContain(SECRET);
    if (signature) expect(JSON.stringify(verdict)).not.toContain(signature);
  });

  it.each([
    ['data.id', { data: { id: 'p-9' } }],
    ['data.project.id', { data: { project: { id: 'p-9' } } }],
    ['project.id', { data: undefined, project: { id: 'p-9' } }],
    ['project_id', { data: undefined, project_id: 'p-9' }],
    ['data.project_id', { data: { project_id: 'p-9', id: 'other' } }],
  ])('finds the project in %s', (_place, more) => {
    expect(signed(more)).toMatchObject({ devItemIds: ['p-9'] });
  });

  it('leaves it to the feeds where there is no id, and ignores other events', () => {
    expect(signed({ data: {} })).toMatchObject({ verdict: 'accepted', devItemIds: null });
    expect(signed({ type: 'task.created' })).toMatchObject({ verdict: 'accepted', devItemIds: [] });
    expect(signed({ type: undefined, event: 'member.joined' })).toMatchObject({ devItemIds: [] });
  });

  it('uses the hash of the body as the id where there is no evt_', () => {
    const [a, b] = [signed({ id: 'p-1' }), signed({ id: 'p-1', n: 2 })];
    expect(a).toMatchObject({ deliveryId: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    expect(a).toEqual(signed({ id: 'p-1' }));
    expect(a).not.toMatchObject({ deliveryId: b.verdict === 'accepted' ? b.deliveryId : '' });
  });

  it.each([
    ['the last time that it is repeated', '2026-11-23T12:00:00Z', 'accepted'],
    ['older', '2026-11-23T10:59:00Z', 'refused'],
    ['a clock an hour ahead', '2026-11-24T12:59:00Z', 'accepted'],
    ['the future', '2026-11-24T13:01:00Z', 'refused'],
    ['seconds', NOW.getTime() / 1_000, 'accepted'],
    ['milliseconds of long ago', NOW.getTime() - 90 * 3_600_000, 'refused'],
    ['words', 'soon', 'accepted'],
  ])('an event of %s', (_what, timestamp, verdict) => {
    expect(signed({ timestamp }).verdict).toBe(verdict);
  });

  it.each(['', '[]', 'null', '{"id":', '"text"'])('refuses the body %s as malformed, never throws', (text) => {
    expect(verify(text, hmac(text).digest('hex'))).toMatchObject({ verdict: 'refused', because: 'malformed' });
  });
});
