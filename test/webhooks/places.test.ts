import { describe, expect, it } from 'vitest';
import { createPlaces } from '../../webhooks/places.js';

function placesOf(most: number) {
  const gone: string[] = [];
  const places = createPlaces(most);
  const take = (address: string, name = address) => places.take(address, () => gone.push(name));
  return { gone, take };
}

describe('webhooks/places', () => {
  it('lets whoever holds the most unfinished uploads give up the oldest of them, never those who hold few', () => {
    const { gone, take } = placesOf(4);
    take('10.0.0.1', 'honest');
    for (const name of ['a', 'b', 'c']) take('10.0.0.66', name);
    take('10.0.0.66', 'd');
    take('10.0.0.2', 'another');
    expect(gone).toEqual(['a', 'b']);
  });

  it('lets the oldest go where each sender holds one', () => {
    const { gone, take } = placesOf(2);
    for (const address of ['10.0.0.1', '10.0.0.2', '10.0.0.3']) take(address);
    expect(gone).toEqual(['10.0.0.1']);
  });

  it('takes nothing from a delivery whose body has arrived, and says when all are such', () => {
    const { gone, take } = placesOf(2);
    const places = [take('10.0.0.1'), take('10.0.0.1')];
    for (const place of places) place?.arrived();
    expect(take('10.0.0.2')).toBeNull();
    places[0]?.leave();
    expect(take('10.0.0.2')).not.toBeNull();
    expect(gone).toEqual([]);
  });

  it('counts a network of IPv6 as one sender, and an IPv4 address in either spelling', () => {
    const { gone, take } = placesOf(5);
    take('2001:db8::1');
    take('2001:db8:1:2::1', 'a');
    take('2001:db8:1:2:ffff:1:2:3', 'b');
    take('10.0.0.1', 'c');
    take('::ffff:10.0.0.1', 'd');
    take('2001:db8:1:2::9', 'e');
    take('::1', 'f');
    take('2001:db8:7::1', 'g');
    expect(gone).toEqual(['a', 'b', 'c']);
  });
});
