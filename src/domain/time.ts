/** Clocks and spans. Time comes as an argument, always; the core has no clock of its own. */

/** How clocks are shown: UTC, the operator's zone, the device's zone, or how long ago. */
export type Zone = 'utc' | 'local' | 'device' | 'ago';

/** How far local time is ahead of UTC at that moment, in minutes; main hands it in, since the core has no Date. */
export type ZoneOffset = ((epochMs: number) => number) & {
	/** Set where times are shown as how long before this moment (epoch ms) they were. */
	readonly before?: number;
};

/** Shows times as how long ago they were. */
export const before = (epochMs: number): ZoneOffset => Object.assign(() => 0, {before: epochMs});

export const utc: ZoneOffset = () => 0;

/** Days since 1970 to a civil date (proleptic Gregorian calendar, era arithmetic over 400 years). */
function civil(days: number): {year: number; month: number; day: number} {
	const shifted = days + 719_468;
	const era = Math.floor(shifted / 146_097);
	const ofEra = shifted - era * 146_097;
	const yearOfEra = Math.floor(
		(ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
	);
	const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
	const part = Math.floor((5 * ofYear + 2) / 153);
	const month = part < 10 ? part + 3 : part - 9;
	return {
		year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
		month,
		day: ofYear - Math.floor((153 * part + 2) / 5) + 1,
	};
}

/** A civil date as days since 1970: `civil` the other way round. */
export function daysOf(year: number, month: number, day: number): number {
	const shifted = month <= 2 ? year - 1 : year;
	const era = Math.floor(shifted / 400);
	const ofEra = shifted - era * 400;
	const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
	return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** HH:MM:SS of an epoch time in milliseconds: of the day, or of the time since then; after four days, days and hours. */
export function clockOf(epochMs: number, offset: ZoneOffset = utc): string {
	if (offset.before !== undefined) return elapsed(offset.before - epochMs);
	const seconds = Math.floor(epochMs / 1000) + offset(epochMs) * 60;
	const ofDay = ((seconds % 86_400) + 86_400) % 86_400;
	return `${two(Math.floor(ofDay / 3600))}:${two(Math.floor(ofDay / 60) % 60)}:${two(ofDay % 60)}`;
}

/** How long ago, in eight characters: `00:02:13`, `  3d 04h`. */
function elapsed(ms: number): string {
	const seconds = Math.max(0, Math.floor(ms / 1000));
	const hours = Math.floor(seconds / 3600);
	if (hours >= 96) return `${Math.floor(hours / 24)}d ${two(hours % 24)}h`.padStart(8);
	return `${two(hours)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** YYYY-MM-DD of an epoch time in milliseconds; the same for all where times are shown as how long ago. */
export function dayOf(epochMs: number, offset: ZoneOffset = utc): string {
	if (offset.before !== undefined) return '1970-01-01';
	const {year, month, day} = civil(Math.floor((Math.floor(epochMs / 1000) + offset(epochMs) * 60) / 86_400));
	return `${year}-${two(month)}-${two(day)}`;
}

/** A span in at most six cells: 12 s, 3 min, 5 h 2, 12 d. */
export function span(ms: number): string {
	const seconds = Math.max(0, Math.floor(ms / 1000));
	if (seconds < 90) return `${seconds} s`;
	const minutes = Math.floor(seconds / 60);
	if (minutes < 90) return `${minutes} min`;
	const hours = Math.floor(minutes / 60);
	if (hours < 48) return `${hours} h`;
	return `${Math.floor(hours / 24)} d`;
}

/** A duration as people write it beside a result: 1m12s, 42s, 2h05m. */
export function duration(ms: number): string {
	const seconds = Math.max(0, Math.round(ms / 1000));
	if (seconds < 60) return `${seconds}s`;
	const minutes = Math.floor(seconds / 60);
	if (minutes < 60) return `${minutes}m${two(seconds % 60)}s`;
	return `${Math.floor(minutes / 60)}h${two(minutes % 60)}m`;
}
