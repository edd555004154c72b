/** What the port says of webhooks, tested with deliveries signed as the tool's document says. */
import { describe, expect, it } from 'vitest';
import type { WebhookDelivery, Webhooks, WebhookVerdict } from '../../../connectors/port/capabilities.js';
import type { SignedWebhook, Subject, SubjectWebhooks } from './subject.js';

const ITEM = '4711aa00bb11cc22';
const MINUTE_MS = 60_000;

export function webhooks(subject: () => Subject): void {
  /** Null: the tool has no webhooks, and there is nothing to promise. */
  const under = (): { webhooks: Webhooks; tool: SubjectWebhooks } | null => {
    const capability = subject().connect().webhooks;
    const tool = subject().webhooks;
    if ((capability === undefined) !== (tool === undefined))
      throw new Error('the connector has webhooks and the harness signs none, or the other way round');
    return capability === undefined || tool === undefined ? null : { webhooks: capability, tool };
  };

  describe('webhooks.verify', () => {
    it('accepts what the tool has signed, names the dev item, and knows a repetition by its id', () => {
      const has = under();
      if (has === null) return;
      const { webhooks, tool } = has;
      const delivery = deliveryOf(tool.signed(tool.news(ITEM)));
      const verdict = webhooks.verify(delivery, tool.secret);
      expect(verdict).toMatchObject({ verdict: 'accepted' });
      const { deliveryId, devItemIds } = verdict as Extract<WebhookVerdict, { verdict: 'accepted' }>;
      expect(devItemIds === null || devItemIds.includes(ITEM)).toBe(true);
      expect(webhooks.verify(deliveryOf(delivery), tool.secret)).toEqual(verdict);
      const other = webhooks.verify(deliveryOf(tool.signed(tool.news('other'))), tool.secret);
      expect(other).toMatchObject({ verdict: 'accepted' });
      expect((other as typeof verdict & { deliveryId: string }).deliveryId).not.toBe(deliveryId);
    });

    it('refuses another secret, and one that is not a secret', () => {
      const has = under();
      if (has === null) return;
      const { webhooks, tool } = has;
      const delivery = deliveryOf(tool.signed(tool.news(ITEM)));
      for (const secret of [tool.wrongSecret, '', 'ä', ' ', tool.secret.slice(0, -4)])
        expect(webhooks.verify(delivery, secret), secret).toMatchObject({ verdict: 'refused', because: 'signature' });
    });

    it('refuses forged headers: each one removed, emptied or changed', () => {
      const has = under();
      if (has === null) return;
      const { webhooks, tool } = has;
      const { headers, body } = tool.signed(tool.news(ITEM));
      for (const name of tool.protectedHeaders) {
        const whole = headers[name] ?? '';
        const changed = (whole.startsWith('1') ? '2' : '1') + whole.slice(1);
        for (const value of [undefined, '', changed, `${whole}${whole}`, 'ä\u0000', 'v1', 'v1,', ',', 'null']) {
          const verdict = webhooks.verify(deliveryOf({ headers: { ...headers, [name]: value }, body }), tool.secret);
          expect(verdict.verdict, `${name}: ${String(value)}`).toBe('refused');
        }
      }
    });

    it('refuses a body that is not the one that was signed, to the byte', () => {
      const has = under();
      if (has === null || !has.tool.signsBody) return;
      const { webhooks, tool } = has;
      const { headers, body } = tool.signed(tool.news(ITEM));
      for (const other of [tool.news('other'), `${body} `, body.slice(1), '', body.replace('"', ' "')]) {
        const verdict = webhooks.verify(deliveryOf({ headers, body: other }), tool.secret);
        expect(verdict, other).toMatchObject({ verdict: 'refused', because: 'signature' });
      }
    });

    it('refuses what was signed too long ago or is signed for later, and takes a clock that is a little off', () => {
      const has = under();
      if (has === null || has.tool.window === null) return;
      const { webhooks, tool } = has;
      const { pastMs, futureMs } = has.tool.window;
      const verdictAt = (offsetMs: number): WebhookVerdict =>
        webhooks.verify(deliveryOf(tool.signed(tool.news(ITEM), new Date(Date.now() + offsetMs))), tool.secret);
      for (const offsetMs of [-pastMs - MINUTE_MS, futureMs + MINUTE_MS])
        expect(verdictAt(offsetMs), String(offsetMs)).toMatchObject({ verdict: 'refused', because: 'time' });
      for (const offsetMs of [-pastMs + MINUTE_MS, 0, futureMs - MINUTE_MS])
        expect(verdictAt(offsetMs), String(offsetMs)).toMatchObject({ verdict: 'accepted' });
    });

    it('never throws, whatever comes, and reveals neither secret nor body', () => {
      const has = under();
      if (has === null) return;
      const { webhooks, tool } = has;
      for (const body of ['', '{', '\u0000', '<xml/>', '['.repeat(100_000)]) {
        const verdict = webhooks.verify(deliveryOf(tool.signed(body)), tool.secret);
        expect(verdict, body.slice(0, 20)).toMatchObject({ verdict: 'refused', because: 'malformed' });
        expect(JSON.stringify(verdict)).not.toContain(tool.secret);
      }
      for (const body of ['null', '[]', '"x"', '7', '{}', '{"id":7}', '{"id":{}}', '{"data":null}'])
        expect(() => webhooks.verify(deliveryOf(tool.signed(body)), tool.secret), body).not.toThrow();
      for (const body of ['', '{}', tool.news(ITEM)])
        expect(webhooks.verify(deliveryOf({ headers: {}, body }), tool.secret).verdict).toBe('refused');
      const bytes = new Uint8Array([0xff, 0xfe, 0x00, 0x80]);
      const signed = tool.signed('{}');
      expect(webhooks.verify({ ...deliveryOf(signed), body: bytes }, tool.secret).verdict).toBe('refused');
    });
  });
}

function deliveryOf(signed: SignedWebhook | WebhookDelivery): WebhookDelivery {
  const { headers, body } = signed;
  return {
    headers: { ...headers },
    body: typeof body === 'string' ? Buffer.from(body) : body,
    receivedAt: new Date(),
  };
}
