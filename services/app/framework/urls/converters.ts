// What a `<converter:name>` in a pattern matches, and the value that a view gets: Django's path converters.

export type Converter = {
  /** What it matches, without groups. */
  regex: string;
  /** The value that the view gets; undefined: it does not match after all. */
  toValue: (text: string) => unknown;
  toText: (value: unknown) => string;
};

const asText = { toValue: (text: string) => text, toText: String };

/** The maximum of an integer column. */
const MAX_INTEGER = 2_147_483_647;

const converters = new Map<string, Converter>(
  Object.entries({
    str: { regex: '[^/]+', ...asText },
    int: {
      regex: '[0-9]+',
      toValue: (text) => (Number(text) <= MAX_INTEGER ? Number(text) : undefined),
      toText: String,
    },
    slug: { regex: '[-a-zA-Z0-9_]+', ...asText },
    uuid: { regex: '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}', ...asText },
    path: { regex: '.+', ...asText },
  }),
);

/** The converter of that name. Throws an Error that lists the known ones. */
export function converterNamed(name: string): Converter {
  const found = converters.get(name);
  if (!found) throw new Error(`There is no converter "${name}"; there are ${[...converters.keys()].join(', ')}.`);
  return found;
}
