// Which variant of a file is sent: brotli or gzip where somebody laid one beside it (nginx: gzip_static) and the client
// takes it (RFC 9110, 12.5.3). A variant older than its file is out of date and passed over.

import Negotiator from 'negotiator';
import { type Item, PACKINGS, type Packing, type Shelf } from './shelf.ts';

export type Variant = {
  item: Item;
  encoding: 'identity' | Packing;
  /** Whether the answer depends on Accept-Encoding: then caches must know. */
  varies: boolean;
};

/** The variant of `item` to send to a client that says `accepted` in Accept-Encoding. */
export function chooseVariant(item: Item, accepted: string | undefined, folder: string, shelf: Shelf): Variant {
  const variants = variantsOf(item, folder, shelf);
  if (variants.size === 0) return { item, encoding: 'identity', varies: false };
  const headers = { 'accept-encoding': accepted ?? 'identity' };
  const acceptable = new Negotiator({ headers }).encodings([...variants.keys()]);
  for (const [encoding, variant] of variants) {
    if (acceptable.includes(encoding)) return { item: variant, encoding, varies: true };
  }
  return { item, encoding: 'identity', varies: true };
}

function variantsOf(item: Item, folder: string, shelf: Shelf): Map<Packing, Item> {
  const found = new Map<Packing, Item>();
  for (const packing of PACKINGS) {
    const variant = shelf.take(item.packed[packing], folder);
    if (typeof variant === 'object' && variant.changed >= item.changed) found.set(packing, variant);
  }
  return found;
}
