// A journey in one file: the trace that the file carries, shown without the lab.

import { render } from 'preact';
import { Frame } from './frame/page.tsx';
import { applyTheme } from './frame/theme.ts';
import { OpenFile } from './open/page.tsx';
import './style/all.ts';

applyTheme();
const place = document.getElementById('page');
if (place) {
  render(
    <Frame>
      <OpenFile />
    </Frame>,
    place,
  );
}
