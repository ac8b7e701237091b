/** A moment as people paste it: a time with its zone, or a percentage of the recording. */

const TIME =
	/^(?:(\d{4})-(\d\d)-(\d\d)[ T])?(\d{1,2}):(\d\d)(?::(\d\d))?(?:\.\d+)?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d|[A-Za-z_]+(?:\/[A-Za-z_+-]+)+)?$/;

/** Minutes that a named zone (IANA) is ahead of UTC at a moment; null where there is no such zone. */
function zoneMinutes(zone: string, epochMs: number): number | null {
	try {
		const parts = new Intl.DateTimeFormat('en-US', {
			timeZone: zone,
			hourCycle: 'h23',
			year: 'numeric',
			month: 'numeric',
			day: 'numeric',
			hour: 'numeric',
			minute: 'numeric',
			second: 'numeric',
		}).formatToParts(epochMs);
		const value = (type: string): number => Number(parts.find(part => part.type === type)?.value);
		const there = Date.UTC(
			value('year'),
			value('month') - 1,
			value('day'),
			value('hour'),
			value('minute'),
			value('second'),
		);
		return Math.round((there - Math.floor(epochMs / 1000) * 1000) / 60_000);
	} catch {
		return null;
	}
}

export type Span = {
	/** Epoch ms of the beginning. */
	readonly beganAt: number;
	readonly lengthMs: number;
	/** Minutes ahead of UTC of a time without a zone: the zone that is shown. */
	readonly minutes: number;
};

/**
 * Reads `37%`, `15:00`, `2022-08-18 15:00 Europe/Berlin`, `2022-08-18T15:00:07Z`, `15:00 +02:00`.
 *
 * @returns milliseconds since the beginning, or a sentence that says what is wrong.
 */
export function momentOf(text: string, {beganAt, lengthMs, minutes}: Span): number | {readonly wrong: string} {
	const trimmed = text.trim();
	const percent = /^(\d{1,3}(?:\.\d+)?)\s*%$/.exec(trimmed)?.[1];
	if (percent !== undefined) {
		const share = Number(percent);
		return share > 100 ? {wrong: `${trimmed} is more than all of it`} : (lengthMs * share) / 100;
	}
	const found = TIME.exec(trimmed);
	if (found === null) return {wrong: 'a time such as 2022-08-18 15:00 Europe/Berlin, 15:00Z, or 37%'};
	const [, year, month, day, hour = '0', minute = '0', second = '0', zone] = found;
	const start = new Date(beganAt + minutes * 60_000);
	const wall = Date.UTC(
		year === undefined ? start.getUTCFullYear() : Number(year),
		month === undefined ? start.getUTCMonth() : Number(month) - 1,
		day === undefined ? start.getUTCDate() : Number(day),
		Number(hour),
		Number(minute),
		Number(second),
	);
	let ahead: number | null = minutes;
	if (zone !== undefined && /^(?:Z|UTC|GMT)$/.test(zone)) ahead = 0;
	else if (zone !== undefined && /^[+-]/.test(zone)) {
		const [, sign, hours = '0', more = '0'] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
		ahead = (Number(hours) * 60 + Number(more)) * (sign === '-' ? -1 : 1);
	} else if (zone !== undefined) {
		const near = zoneMinutes(zone, wall);
		// Asked again at the moment itself: the clocks may have been changed in between.
		ahead = near === null ? null : zoneMinutes(zone, wall - near * 60_000);
	}
	if (ahead === null) return {wrong: `there is no zone ${zone}`};
	const ms = wall - ahead * 60_000 - beganAt;
	if (ms < 0 || ms > lengthMs) return {wrong: `${trimmed} is not in this recording`};
	return ms;
}
