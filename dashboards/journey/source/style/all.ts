// Every style sheet of the page, in the order in which they apply.

import 'virtual:services.css';
import './theme.css';
import './frame.css';
import './home.css';
import './journey.css';
import './map.css';
import './waterfall.css';
import './page-load.css';
import './card.css';
import './others.css';
import './lessons.css';
import './forced-colours.css';
