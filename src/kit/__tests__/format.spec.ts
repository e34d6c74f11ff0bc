import { nullTranslator } from '@jupyterlab/translation';

import {
  age,
  bytes,
  duration,
  exactBytes,
  instant,
  percent,
  running
} from '../format';

const trans = nullTranslator.load('ellip_lab');

describe('duration', () => {
  it.each([
    [0, '0 s'],
    [20, '< 0.1 s'],
    [400, '0.4 s'],
    [5000, '5 s'],
    [12_900, '13 s'],
    [59_400, '59 s'],
    [59_700, '1 min'],
    [125_000, '2 min 5 s'],
    [41 * 60_000, '41 min'],
    [192 * 60_000, '3 h 12 min'],
    [52 * 3_600_000, '2 d 4 h'],
    [-5, '0 s']
  ])('says %i ms as %s', (ms, text) => {
    expect(duration(ms, trans)).toBe(text);
  });

  it('does not flicker while something runs', () => {
    expect(running(5900, trans)).toBe('5 s');
  });
});

describe('age', () => {
  const now = new Date(2026, 10, 22, 12, 4, 0).getTime();
  it.each([
    [now - 5000, 'just now'],
    [now - 2 * 60_000, '2 min ago'],
    [new Date(2026, 10, 22, 10, 58).getTime(), '10:58'],
    [new Date(2026, 10, 21, 23, 59).getTime(), 'yesterday']
  ])('says %i as %s', (then, text) => {
    expect(age(then, now, trans)).toBe(text);
  });

  it('names the year only when it is another', () => {
    expect(age(new Date(2026, 5, 3).getTime(), now, trans)).not.toContain(
      '2026'
    );
    expect(age(new Date(2025, 5, 3).getTime(), now, trans)).toContain('2025');
  });
});

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [118_000, '118 kB'],
    [999_600, '1.0 MB'],
    [38_000_000, '38 MB'],
    [1.5e12, '1.5 TB']
  ])('says %i as %s', (count, text) => {
    expect(bytes(count, trans)).toBe(text);
  });

  it('keeps the exact number for the hover', () => {
    expect(exactBytes(1, trans)).toBe('1 byte');
    expect(exactBytes(45_135, trans)).toMatch(/^45.?135 bytes$/);
  });
});

it('reads dates and refuses what is none', () => {
  expect(instant('2026-11-22T17:04:39.241000Z')).toBe(
    Date.UTC(2026, 10, 22, 17, 4, 39, 241)
  );
  expect(instant('soon')).toBeNull();
  expect(instant(null)).toBeNull();
});

it('keeps a share between 0 and 100', () => {
  expect(percent(3, 5)).toBe(60);
  expect(percent(7, 5)).toBe(100);
  expect(percent(1, 0)).toBe(0);
});
