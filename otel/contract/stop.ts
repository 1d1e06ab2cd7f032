// A stop of a map, and how it is drawn.

export type Point = readonly [x: number, y: number];

/** Which map a stop is on. */
export type MapKind = 'visit' | 'deployment';

export type Stop = {
  label: string;
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
  | 'shelf'
  | 'seal'
  | 'gateway'
  | 'queue'
  | 'worker'
  | 'clerk'
  | 'list'
  | 'pen'
  | 'key'
  | 'page'
  | 'database';

/** The drawing for wide screens, and for narrow ones. */
export type Shape = 'wide' | 'tall';

/** Makes the stops of one map. */
export function stopsOf(map: MapKind) {
  return (label: string, service: string, icon: Icon, wide: Point, tall: Point, says: string): Stop => {
    return { label, service, icon, wide, tall, says, map };
  };
}
