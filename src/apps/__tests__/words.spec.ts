import { nullTranslator } from '@jupyterlab/translation';

import { drawing, iconOf } from '../appicons';
import { lastPart, maybeServed } from '../names';
import { draftOf, isTimeout, requestOf } from '../settingsform';
import {
  costText,
  longerThan,
  marked,
  stateWord,
  stepText,
  timeLeft,
  toneOf,
  workText
} from '../words';
import { app, ICON, instance, plan, work } from './samples';

const trans = nullTranslator.load('ellip_lab');
const NOW = Date.parse('2026-11-22T12:04:41Z');

it('a state has a word and a colour', () => {
  expect(
    ([null, 'starting', 'running', 'failed', 'stopped'] as const).map(state => [
      stateWord(state, trans),
      toneOf(state)
    ])
  ).toEqual([
    ['not running', 'waiting'],
    ['starting', 'running'],
    ['running', 'running'],
    ['failed', 'failed'],
    ['not running', 'waiting']
  ]);
});

it('tells what is left of its time, whatever the clocks say', () => {
  const one = instance('x', { state: 'starting', timeout: 40 });
  expect(timeLeft(one, NOW)).toEqual({ share: 25, left: 30 });
  expect(timeLeft(one, NOW + 3_600_000)).toEqual({ share: 100, left: 0 });
  expect(timeLeft(one, NOW - 3_600_000)).toEqual({ share: 0, left: 40 });
});

it('a longer time-out is longer, and allowed', () => {
  expect([2, 60, 1500, 3600].map(longerThan)).toEqual([60, 180, 3600, 3600]);
});

it('tells what an installation costs', () => {
  expect(costText(plan(), trans)).toBe('npm · about 4 min · 800 MB');
});

it('a work in words', () => {
  expect(
    workText(
      work(1, { state: 'running', finished: null, text: 'download node' }),
      NOW,
      trans
    )
  ).toBe('running · download node · 10 s');
  expect(
    workText(
      work(1, { state: 'queued', started: null, waiting: 2 }),
      NOW,
      trans
    )
  ).toBe('queued · 2 before it');
  expect(workText(work(1, { state: 'failed' }), NOW, trans)).toBe(
    'failed · 7 s'
  );
  const step = { name: 'x', state: 'done', offset: 0, seconds: 3 } as const;
  expect(stepText(step, trans)).toBe('done · 3 s');
  expect(stepText({ ...step, state: 'waiting', seconds: null }, trans)).toBe(
    'waiting'
  );
});

it.each([
  ['pip install panel', '`pip install panel`'],
  ['python -m ensurepip', '`python -m ensurepip`'],
  ['/a/bin/python -m pip install x', '`/a/bin/python -m pip install x`'],
  ['/bin/sh -m pip install x', '`/bin/sh -m pip install x`'],
  [
    'Only an administrator can add that: apt-get install g++ libkrb5-dev (Debian, Ubuntu).',
    'Only an administrator can add that: `apt-get install g++ libkrb5-dev` (Debian, Ubuntu).'
  ],
  [
    "It comes with apt-get install r-base-core, as root; then install.packages('shiny') in R.",
    "It comes with `apt-get install r-base-core`, as root; then `install.packages('shiny')` in R."
  ],
  ['Run `pip install x`.', 'Run `pip install x`.'],
  ['Start it again.', 'Start it again.']
])('the commands of “%s” can be copied', (hint, expected) => {
  expect(marked(hint)).toBe(expected);
});

it('files that may be served are told by their names', () => {
  const apps = [
    app('streamlit'),
    app('panel', { suffixes: ['.py', '.ipynb'] })
  ];
  expect(
    ['a/x.py', 'X.PY', 'n.ipynb', 'a/app.R', 'b.R', 'py', 'x.cwl'].filter(
      path => maybeServed(path, apps)
    )
  ).toEqual(['a/x.py', 'X.PY', 'n.ipynb', 'a/app.R']);
  expect([lastPart('a/b/c.py'), lastPart('c.py')]).toEqual(['c.py', 'c.py']);
});

it('a picture draws, and does nothing else', () => {
  const drawn = drawing(
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" height="9" onload="a()">' +
      '<script>a()</script><foreignObject><b/></foreignObject>' +
      '<a xlink:href="javascript:a()"><path/></a>' +
      '<path d="M1 1" onclick="a()" style="fill:url(https://x/y)" fill="url(#z)"/></svg>'
  );
  expect(drawn).toContain('<path d="M1 1" fill="url(#z)"/>');
  expect(drawn).toContain('width="16"');
  expect(drawn).not.toMatch(/script|on\w+=|foreign|href|https:|height/);
  expect(drawing('no picture')).toBeNull();
  expect(drawing('<html xmlns="http://www.w3.org/1999/xhtml"/>')).toBeNull();
});

it('an app has its own icon, and keeps it', () => {
  const one = iconOf(app('icon-test'));
  expect(one.name).toBe('ellip-lab:app-icon-test');
  expect(iconOf(app('icon-test'))).toBe(one);
  const changed = ICON.replace('0h24', '1h24');
  expect(iconOf(app('icon-test', { icon: changed })).svgstr).toContain('1h24');
  expect(iconOf(null).name).toBe('ellip-lab:apps');
  expect(iconOf(app('other', { icon: '' })).name).toBe('ellip-lab:apps');
});

it('settings are asked as they are typed; a secret that is not typed stays', () => {
  const settings = {
    timeout: 90,
    program: null,
    environment: { API_KEY: null, MODE: 'x' },
    arguments: ['--a', '--b c']
  };
  const draft = draftOf({ settings });
  expect(requestOf('x', draft)).toEqual({ app: 'x', ...settings });
  expect(
    requestOf('x', {
      timeout: ' ',
      program: ' /bin/x ',
      environment: [
        { name: ' ', value: 'lost' },
        { name: ' A ', value: '' }
      ],
      arguments: '\n --c \n'
    })
  ).toEqual({
    app: 'x',
    timeout: null,
    program: '/bin/x',
    environment: { A: '' },
    arguments: ['--c']
  });
});

it('a time-out is a number of seconds, or none', () => {
  expect(
    ['', '1', '3600', '0.5', '3601', 'x', '-4'].map(text => isTimeout(text))
  ).toEqual([true, true, true, false, false, false, false]);
});
