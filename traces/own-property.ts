// Tables whose keys come from data. A plain `table[key]` also finds what every object inherits: `constructor`, `toString`.

/** What `table` itself has for `key`; undefined for what it only inherits. */
export function ownProperty<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
