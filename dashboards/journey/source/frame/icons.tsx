// The drawings of the map's places and of buttons: lines on a field of 24.

import type { Icon } from '../../../../otel/contract/stop.ts';

const PATHS: Record<Icon | Sign, string> = {
  laptop: 'M5.500 6h13v9h-13zM3 18.500h18',
  you: 'M12 4a3.5 3.5 0 1 1 0 7a3.5 3.5 0 1 1 0-7M5 20c.5-4.500 3.500-6.500 7-6.500s6.500 2 7 6.500',
  book: 'M5 4.500h11a2.500 2.500 0 0 1 2.500 2.500v12.500H7.500A2.500 2.500 0 0 1 5 17zM5 17a2.500 2.500 0 0 1 2.500-2.500h11M9 8.500h6',
  server: 'M5 5h14v6H5zM5 13h14v6H5zM8 8h.01M8 16h.01M11.500 8h4.500M11.500 16h4.500',
  office: 'M4 20V10l8-5.500L20 10v10zM9.500 20v-5h5v5M8 11.500h8',
  mailbox:
    'M4 18v-6.500a4 4 0 0 1 4-4h8.500a3.500 3.500 0 0 1 3.500 3.500v7zM12 18v-6.500a4 4 0 0 0-4-4M15.500 11.500V4.500h3M12 18v3',
  desk: 'M3.500 7h17v12h-17zM3.500 7.500l8.500 6.500l8.500-6.500',
  rules: 'M5 4h14v16H5zM8 8.500h1M11.500 8.500h4.500M8 12h1M11.500 12h4.500M8 15.500h1M11.500 15.500h4.500',
  files:
    'M4 4v16M20 4v16M4 11h16M4 18.500h16M7 11V6M10 11V5M13 11V6.500M8 18.500v-5M11.500 18.500v-4.500M15 18.500v-5.500',
  lock: 'M12 3.500l2.200 1.600l2.700 0l.8 2.600l2.200 1.600l-.9 2.600l.9 2.600l-2.200 1.600l-.8 2.600l-2.700 0l-2.200 1.600l-2.200-1.600l-2.700 0l-.8-2.600l-2.200-1.600l.9-2.600l-.9-2.600l2.200-1.600l.8-2.600l2.700 0zM9 11.500l2.200 2.200l4-4.200',
  gateway: 'M4 19h16M6 19c0-5 2-9 6-9s6 4 6 9M12 10V7M10 6.500h4',
  queue: 'M3 9h5v6H3zM9.500 9h5v6h-5zM16 9h5v6h-5z',
  worker: 'M12 3.500a3 3 0 1 1 0 6a3 3 0 1 1 0-6M4 20v-2c0-3 3-5 8-5s8 2 8 5v2M8.500 20v-3.500h7V20',
  stamp: 'M12 4c3 0 4 1.500 4 3.500c0 2-2 2.500-2 5h-4c0-2.500-2-3-2-5C8 5.500 9 4 12 4M6 16.500h12V19H6z',
  list: 'M4.500 6.500l1.500 1.500l2.500-3M4.500 12.500l1.500 1.500l2.500-3M5 18h2.500M11.500 6.500H20M11.500 12.500H20M11.500 18H20',
  pen: 'M5 19l1-4.500L16 4.500l3.500 3.500L9.500 18zM14 6.500l3.500 3.500',
  key: 'M8 8.500a4 4 0 1 1 0 7a4 4 0 1 1 0-7M11.500 12H20v3.500M17 12v2.500',
  page: 'M6 3.500h8.500L18.500 7.500V20.500H6zM14 3.500v4.500h4.500M9 12h6.500M9 15h6.500M9 18h4',
  database: 'M5 6.500c0-4 14-4 14 0v11c0 4-14 4-14 0zM5 6.500c0 3.500 14 3.500 14 0M5 12c0 3.500 14 3.500 14 0',
  play: 'M7 4.500L19 12L7 19.500z',
  pause: 'M7 5h3.500v14H7zM13.500 5H17v14h-3.500z',
  back: 'M17 5L8.500 12L17 19zM6 5v14',
  next: 'M7 5l8.500 7L7 19zM18 5v14',
  restart: 'M5 12a7 7 0 1 0 2-5M7 3v4.500h4.500',
  close: 'M6 6l12 12M18 6L6 18',
  down: 'M6 9l6 6l6-6',
  theme: 'M12 4a8 8 0 1 1 0 16zM12 4a8 8 0 1 0 0 16',
};

type Sign = 'play' | 'pause' | 'back' | 'next' | 'restart' | 'close' | 'down' | 'theme';

/** The lines of a drawing, to stand inside an svg. */
export function iconPath(icon: Icon | Sign): string {
  return PATHS[icon];
}

/** A small drawing beside words, or in a button that has a label. */
export function Drawing({ icon }: { icon: Icon | Sign }) {
  return (
    <svg class="drawing" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[icon]} />
    </svg>
  );
}
