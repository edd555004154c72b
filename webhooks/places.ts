/**
 * The places of deliveries in hand: only so many at a time, each of at most 1 MiB, so that a flood is bounded before
 * anything is read. Nothing is verified yet while a body is on its way, so a place that is being filled is never a
 * right: when all are taken, the sender with the most unfinished uploads gives up its oldest. Somebody who holds many
 * places open only pushes out himself, and where all come through one proxy the oldest upload goes, since an honest
 * one takes moments. A delivery whose body has arrived keeps its place until it is answered.
 */
import { isIPv6 } from 'node:net';

export interface Place {
  /** The whole body is here: from now on it gives way to nobody. */
  arrived(): void;
  leave(): void;
}

export interface Places {
  /** `giveWay` is called when another needs the place. Null: none is free, and none can be freed. */
  take(address: string, giveWay: () => void): Place | null;
}

interface Upload {
  readonly sender: string;
  readonly giveWay: () => void;
  hasArrived: boolean;
}

export function createPlaces(most: number): Places {
  // In the order in which they came.
  const taken = new Set<Upload>();
  return {
    take: (address, giveWay) => {
      if (taken.size >= most) {
        const victim = oldestOfTheBusiest(taken);
        if (victim === null) return null;
        taken.delete(victim);
        victim.giveWay();
      }
      const upload = { sender: senderOf(address), giveWay, hasArrived: false };
      taken.add(upload);
      return { arrived: () => void (upload.hasArrived = true), leave: () => void taken.delete(upload) };
    },
  };
}

function oldestOfTheBusiest(taken: ReadonlySet<Upload>): Upload | null {
  const unfinished = new Map<string, Upload[]>();
  for (const upload of taken) {
    if (upload.hasArrived) continue;
    unfinished.set(upload.sender, [...(unfinished.get(upload.sender) ?? []), upload]);
  }
  let busiest: readonly Upload[] = [];
  for (const uploads of unfinished.values()) if (uploads.length > busiest.length) busiest = uploads;
  return busiest[0] ?? null;
}

/** Whoever has an address of IPv6 has the other 2^64 of its network, too. */
export function senderOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  const [head = '', tail = ''] = address.split('::');
  const first = head.split(':').filter((group) => group !== '');
  const last = tail.split(':').filter((group) => group !== '');
  const between = address.includes('::') ? Array<string>(8 - first.length - last.length).fill('0') : [];
  return [...first, ...between, ...last].slice(0, 4).join(':');
}
