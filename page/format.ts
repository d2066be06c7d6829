import { T } from './strings.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A duration for people, as in `2 min 5 s`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < MINUTE) return T.seconds(whole);
  if (whole < HOUR) return T.minutes(Math.floor(whole / MINUTE), whole % MINUTE);
  if (whole < DAY) return T.hours(Math.floor(whole / HOUR), Math.floor((whole % HOUR) / MINUTE));
  return T.days(Math.floor(whole / DAY));
}

/** The duration between two times of ISO 8601. An unreadable time gives an empty text. */
export function durationBetween(from: string, to: string | number): string {
  const seconds = (new Date(to).getTime() - Date.parse(from)) / 1000;
  return Number.isFinite(seconds) ? formatDuration(seconds) : '';
}

const TIME = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });

/** A time of ISO 8601 in the zone of the reader. An unreadable one stays as it is. */
export function formatTime(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : TIME.format(date);
}

export function formatDollars(usd: number): string {
  return `$${usd.toFixed(2)}`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  // From there on, kilobytes would be rounded up to 1000.
  return bytes < 999_950 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** The id in the middle cut short, for a narrow place. */
export function shortId(id: string): string {
  return id.length <= 14 ? id : `${id.slice(0, 8)}…${id.slice(-4)}`;
}
