/** Dates in English, in the reader's time zone and regional format. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const LOCALE = readerLocale(navigator.language);

const clock = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit" });
const clockSeconds = new Intl.DateTimeFormat(LOCALE, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const weekday = new Intl.DateTimeFormat(LOCALE, { weekday: "short", day: "numeric", month: "short" });
const longDay = new Intl.DateTimeFormat(LOCALE, { weekday: "long", day: "numeric", month: "long" });
const withYear = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short", year: "numeric" });
const full = new Intl.DateTimeFormat(LOCALE, { dateStyle: "full", timeStyle: "long" });
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });

/** Returns the reader's English, or else British English. Some browsers report tags that Intl refuses: en-US@posix. */
export function readerLocale(language: string): string {
  try {
    const locale = new Intl.Locale(language);
    return locale.language === "en" ? locale.baseName : "en-GB";
  } catch {
    return "en-GB";
  }
}

export const timeOfDay = (iso: string): string => clock.format(new Date(iso));
export const timeWithSeconds = (at: number): string => clockSeconds.format(at);
export const fullTime = (iso: string): string => full.format(new Date(iso));

/** Returns "today", "tomorrow", "Tue 24 Nov", or a date with the year when it is far away. */
export function dayName(iso: string, now: number): string {
  const date = new Date(iso);
  const days = daysBetween(now, date.getTime());
  if (days === 0) return "today";
  if (days === 1) return "tomorrow";
  if (days === -1) return "yesterday";
  return Math.abs(days) < 300 ? weekday.format(date) : withYear.format(date);
}

/** Returns the heading of a day in the timeline, from YYYY-MM-DD. */
export function dayHeading(day: string, now: number): string {
  const [year = 1970, month = 1, date = 1] = day.split("-").map(Number);
  const noon = new Date(year, month - 1, date, 12);
  const name = dayName(noon.toISOString(), now);
  if (/^[a-z]/.test(name)) return name.charAt(0).toUpperCase() + name.slice(1);
  return Math.abs(daysBetween(now, noon.getTime())) < 300 ? longDay.format(noon) : name;
}

/** Returns "just now", "5 min. ago", "3 hr. ago", or a date. */
export function ago(iso: string, now: number): string {
  const past = now - new Date(iso).getTime();
  if (past < MINUTE) return "just now";
  if (past < HOUR) return relative.format(-Math.floor(past / MINUTE), "minute");
  if (past < DAY) return relative.format(-Math.floor(past / HOUR), "hour");
  return dayName(iso, now);
}

/** Counts calendar days, not periods of 24 hours. */
export function daysBetween(from: number, to: number): number {
  return Math.round((midnight(to) - midnight(from)) / DAY);
}

function midnight(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
