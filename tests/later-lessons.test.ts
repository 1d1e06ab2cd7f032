// The lessons of the last two stories.

import { testLessons } from './lessons.ts';

testLessons([4, 5]);
