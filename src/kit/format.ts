/**
 * Numbers and times as a person says them; the exact value is for the hover.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

const KILO = 1000;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** An hour of the day takes five characters, everywhere. */
const HOUR_MINUTE = {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23'
} as const;

/** Milliseconds since 1970 of a date the server wrote, or null. */
export function instant(date: string | null | undefined): number | null {
  if (!date) {
    return null;
  }
  const value = Date.parse(date);
  return Number.isNaN(value) ? null : value;
}

/** A stretch of time: `0.4 s`, `5 s`, `2 min 5 s`, `41 min`, `3 h 12 min`, `2 d 4 h`. */
export function duration(ms: number, trans: TranslationBundle): string {
  const span = Math.max(0, ms);
  if (span > 0 && span < 50) {
    return trans.__('< 0.1 s');
  }
  if (span < 10 * SECOND) {
    const tenths = Math.round(span / 100) / 10;
    return trans.__(
      '%1 s',
      Number.isInteger(tenths) ? tenths : tenths.toFixed(1)
    );
  }
  if (span < MINUTE - SECOND / 2) {
    return trans.__('%1 s', Math.round(span / SECOND));
  }
  const seconds = Math.round(span / SECOND);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) {
    return seconds % 60
      ? trans.__('%1 min %2 s', minutes, seconds % 60)
      : trans.__('%1 min', minutes);
  }
  if (span < HOUR) {
    return trans.__('%1 min', Math.round(span / MINUTE));
  }
  if (span < DAY) {
    const whole = Math.round(span / MINUTE);
    return whole % 60
      ? trans.__('%1 h %2 min', Math.floor(whole / 60), whole % 60)
      : trans.__('%1 h', whole / 60);
  }
  const hours = Math.round(span / HOUR);
  return hours % 24
    ? trans.__('%1 d %2 h', Math.floor(hours / 24), hours % 24)
    : trans.__('%1 d', hours / 24);
}

/** A running stretch of time: whole seconds, so that it does not flicker. */
export function running(ms: number, trans: TranslationBundle): string {
  return duration(Math.floor(Math.max(0, ms) / SECOND) * SECOND, trans);
}

/** How long ago: `just now`, `2 min ago`, `11:02`, `yesterday`, `20 Nov`, `20 Nov 2025`. */
export function age(
  then: number,
  now: number,
  trans: TranslationBundle
): string {
  const passed = now - then;
  if (passed < MINUTE) {
    return trans.__('just now');
  }
  if (passed < HOUR) {
    return trans.__('%1 min ago', Math.floor(passed / MINUTE));
  }
  const date = new Date(then);
  const today = new Date(now);
  today.setHours(0, 0, 0, 0);
  if (then >= today.getTime()) {
    return date.toLocaleTimeString(undefined, HOUR_MINUTE);
  }
  const yesterday = new Date(today);
  yesterday.setDate(yesterday.getDate() - 1);
  if (then >= yesterday.getTime()) {
    return trans.__('yesterday');
  }
  const sameYear = date.getFullYear() === today.getFullYear();
  return date.toLocaleDateString(undefined, {
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' })
  });
}

/** The exact time, for the hover. */
export function exactTime(then: number): string {
  return new Date(then).toLocaleString(undefined, {
    dateStyle: 'full',
    timeStyle: 'medium'
  });
}

/** The hour and minute, for a title. */
export function clock(then: number): string {
  return new Date(then).toLocaleTimeString(undefined, HOUR_MINUTE);
}

/** Bytes in powers of ten: `0 B`, `118 kB`, `1.2 MB`, `38 MB`. */
export function bytes(count: number, trans: TranslationBundle): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let value = count;
  let unit = 0;
  while (value >= KILO - 0.5 && unit < units.length - 1) {
    value /= KILO;
    unit += 1;
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  return trans.__('%1 %2', value.toFixed(digits), units[unit] ?? 'B');
}

/** The exact number of bytes, for the hover. */
export function exactBytes(count: number, trans: TranslationBundle): string {
  return trans._n('%2 byte', '%2 bytes', count, count.toLocaleString());
}

/** A share as a percentage, between 0 and 100. */
export function percent(done: number, total: number): number {
  return total > 0 ? Math.max(0, Math.min(100, (100 * done) / total)) : 0;
}
