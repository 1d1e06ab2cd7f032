// A stop of a map, and how it is drawn.

export type Point = readonly [x: number, y: number];

/** Which map a stop is on. */
export type MapKind = 'visit' | 'deployment';

export type Stop = {
  label: string;
  /** The field's term for it, below the label; '' where the label is that term. */
  term: string;
  service: string;
  icon: Icon;
  wide: Point;
  tall: Point;
  /** What stands there in the world, for those who hover or listen. */
  says: string;
  map: MapKind;
};

export type Icon =
  | 'laptop'
  | 'you'
  | 'book'
  | 'server'
  | 'office'
  | 'mailbox'
  | 'desk'
  | 'rules'
  | 'files'
  | 'lock'
  | 'gateway'
  | 'queue'
  | 'worker'
  | 'stamp'
  | 'list'
  | 'pen'
  | 'key'
  | 'page'
  | 'database';

/** The drawing for wide screens, and for narrow ones. */
export type Shape = 'wide' | 'tall';
