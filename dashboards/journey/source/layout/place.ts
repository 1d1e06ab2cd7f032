// A place of a map, and how it is drawn.

export type Point = readonly [x: number, y: number];

/** Which map a place is on. */
export type World = 'visit' | 'deployment';

export type Place = {
  label: string;
  service: string;
  icon: Icon;
  wide: Point;
  tall: Point;
  /** What stands there in the world, for those who hover or listen. */
  says: string;
  world: World;
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

/** Makes the places of one map. */
export function placesOf(world: World) {
  return (label: string, service: string, icon: Icon, wide: Point, tall: Point, says: string): Place => {
    return { label, service, icon, wide, tall, says, world };
  };
}
