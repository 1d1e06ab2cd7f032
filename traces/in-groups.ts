/** What `act` makes of `items`, in their order; of each group of `size` at the same time. Throws as `act` does. */
export async function* inGroups<T, R>(
  items: readonly T[],
  size: number,
  act: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  for (let at = 0; at < items.length; at += size) yield* await Promise.all(items.slice(at, at + size).map(act));
}
