// What a `<converter:name>` in a pattern takes, and what a view gets of it: Django's path converters.

export type Converter = {
  /** What it takes, as a regular expression without groups. */
  regex: string;
  /** What the view gets; undefined: it does not fit after all. */
  toValue: (text: string) => unknown;
  toText: (value: unknown) => string;
};

const asText = { toValue: (text: string) => text, toText: String };

/** The largest number of an integer column. */
const LARGEST = 2_147_483_647;

const converters = new Map<string, Converter>(
  Object.entries({
    str: { regex: '[^/]+', ...asText },
    int: {
      regex: '[0-9]+',
      toValue: (text) => (Number(text) <= LARGEST ? Number(text) : undefined),
      toText: String,
    },
    slug: { regex: '[-a-zA-Z0-9_]+', ...asText },
    uuid: { regex: '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}', ...asText },
    path: { regex: '.+', ...asText },
  }),
);

/** Adds a converter of a site's own, before its patterns are written. */
export function registerConverter(name: string, converter: Converter): void {
  converters.set(name, converter);
}

/** The converter of that name. Throws an Error that lists the known ones. */
export function converterNamed(name: string): Converter {
  const found = converters.get(name);
  if (!found) throw new Error(`There is no converter "${name}"; there are ${[...converters.keys()].join(', ')}.`);
  return found;
}
