/** Decides which addresses in Craft.io's text may be links in a dev tool, and where they lead. */
import type { RelatedItem } from '../../domain/devItem.js';
import { seenOf } from '../../domain/rules/unseen.js';

const LINKED = new Set(['http:', 'https:', 'mailto:', 'tel:']);

/** No page has a longer address. */
const MAX_LENGTH = 2_000;

/** Blanks that browsers ignore in an address, as they do what nobody sees; they can hide a scheme: `java\tscript:`. */
const CONTROL_BLANK = /[\t-\r]/g;

/** Percent-encoded, these mean the same in an address and nothing in any markup. */
const MARKUP = /[\s"<>\\^`{|}]/gu;

/**
 * The address in a form that may be linked, or null: only the schemes of pages, mail and telephones. A relative address
 * is completed where its page is known.
 */
export function linkableAddress(raw: string, craftUrl: string | null): string | null {
  if (raw.length > 2 * MAX_LENGTH) return null;
  const address = seenOf(raw).replace(CONTROL_BLANK, '').trim();
  const url = parsed(address.startsWith('//') ? `https:${address}` : address, craftUrl);
  if (address === '' || url === null || !LINKED.has(url.protocol)) return null;
  const isWhole = address.toLowerCase().startsWith(url.protocol);
  const harmless = (isWhole ? address : url.href).replace(MARKUP, encodeURIComponent).replace(MARKER_LIKE, '$1%3A');
  return harmless.length <= MAX_LENGTH ? harmless : null;
}

const MARKER_LIKE = /(craftsync):/gi;

function parsed(address: string, base: string | null): URL | null {
  try {
    return new URL(address, base ?? undefined);
  } catch {
    return null;
  }
}

/** Whether only people logged in to Craft.io can see what is there. */
export function isBehindCraftLogin(raw: string, craftUrl: string | null): boolean {
  const url = parsed(raw.trim(), null);
  if (url === null) return true;
  const craftHost = craftUrl === null ? null : (parsed(craftUrl, null)?.host ?? null);
  return url.host === craftHost || /(?:^|\.)craft\.io$/.test(url.hostname);
}

/** Finds the handed-over item that an address of Craft.io leads to. */
export function relatedFinder(related: readonly RelatedItem[]): (address: string) => RelatedItem | null {
  const byPage = new Map(related.map((item) => [pageOf(item.craftUrl), item]));
  return (address) => (byPage.size === 0 ? null : (byPage.get(pageOf(address)) ?? null));
}

/** An address without what does not change the page. */
function pageOf(address: string): string {
  const url = parsed(address, null);
  return url === null ? address : `${url.origin}${url.pathname.replace(/\/+$/, '')}${url.search}`;
}
