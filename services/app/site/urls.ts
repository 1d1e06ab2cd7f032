// The URL patterns, a list for each site. They are tried from top to bottom; the first match wins.

import { include, path } from '../framework/urls/path.ts';
import { login, logout } from './views/accounts.ts';
import { jobDescription, jobDetail, jobList } from './views/jobs.ts';
import { album, block, error, jobsOneByOne, jobsTogether, slow } from './views/lessons.ts';
import { letter, myLetter, welcome } from './views/letters.ts';
import { report } from './views/report.ts';
import { history, recordError, today } from './views/today.ts';

const accounts = include('accounts/', [path('login/', login, 'login'), path('logout/', logout, 'logout')]);

const letters = [path('letters/', myLetter, 'my_letter'), path('letters/<str:name>/', letter, 'letter')];

const jobs = [
  path('jobs/', jobList, 'job_list'),
  path('jobs/<int:pk>/', jobDetail, 'job_detail'),
  path('jobs/<int:pk>/description', jobDescription, 'job_description'),
];

const lessons = [
  path('slow/', slow, 'slow'),
  path('slow/<int:ms>/', slow, 'slow_for'),
  path('block/<int:ms>/', block, 'block'),
  path('error/', error, 'error'),
  path('lessons/page/', album, 'album'),
  path('lessons/one-by-one/', jobsOneByOne, 'jobs_one_by_one'),
  path('lessons/together/', jobsTogether, 'jobs_together'),
];

export const tatisUrls = [
  path('', today, 'today'),
  path('history/', history, 'history'),
  path('errors/new/', recordError, 'record_error'),
  accounts,
  ...letters,
  ...jobs,
  ...lessons,
  path('report/', report, 'report'),
];

export const djangoGirlsUrls = [path('', welcome, 'welcome'), ...letters, ...jobs, accounts, ...lessons];
