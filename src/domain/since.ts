/**
 * `since:` of a filter as a moment. It is fixed when the filter is read, so that a log that is filtered loses no line while
 * it is looked at. There is no clock here: what spans and times of day are counted from comes as an argument, and is the
 * newest line's clock, since a device's clock may be far from ours.
 */
import {dayOf, daysOf} from './time.ts';

const DAY = 86_400_000;
const UNITS: Readonly<Record<string, number>> = {d: DAY, h: 3_600_000, m: 60_000, s: 1000};

/** Milliseconds into the day, or null. */
function ofDay(hours: string, minutes: string, seconds = '0'): number | null {
	const [h, m, s] = [Number(hours), Number(minutes), Number(seconds)];
	return h > 23 || m > 59 || s > 59 ? null : ((h * 60 + m) * 60 + s) * 1000;
}

/**
 * Reads `10m`, `1h30m`, `2d`; `13:40`, the last such time in UTC; `2026-11-25`, `2026-11-25T13:40:05`, in UTC.
 *
 * @param nowMs what is counted from.
 * @returns epoch ms, or null where it is none of these.
 */
export function sinceMs(text: string, nowMs: number): number | null {
	if (/^(?:\d+[dhms])+$/.test(text)) {
		const span = [...text.matchAll(/(\d+)([dhms])/g)].reduce(
			(sum, [, amount, unit = '']) => sum + Number(amount) * (UNITS[unit] ?? 0),
			0,
		);
		return nowMs - span;
	}
	const clock = /^(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(text);
	if (clock !== null) {
		const [, hours = '', minutes = '', seconds] = clock;
		const time = ofDay(hours, minutes, seconds);
		if (time === null) return null;
		const today = Math.floor(nowMs / DAY) * DAY + time;
		return today > nowMs ? today - DAY : today;
	}
	const date = /^((\d{4})-(\d\d)-(\d\d))(?:T(\d\d):(\d\d)(?::(\d\d))?Z?)?$/.exec(text);
	if (date === null) return null;
	const [, day, year, month, dayOfMonth, hours = '0', minutes = '0', seconds] = date;
	const start = daysOf(Number(year), Number(month), Number(dayOfMonth)) * DAY;
	const time = ofDay(hours, minutes, seconds);
	// The 31st of February is no day.
	return time === null || dayOf(start) !== day ? null : start + time;
}
