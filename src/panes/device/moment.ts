/** RFC 3339 without a Date: what the engine prints as StartedAt. */

/** Days since 1970 of a civil date (proleptic Gregorian calendar, eras of 400 years). */
function daysOf(year: number, month: number, day: number): number {
	const shifted = month <= 2 ? year - 1 : year;
	const era = Math.floor(shifted / 400);
	const ofEra = shifted - era * 400;
	const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
	return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}

const STAMP = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** Epoch ms; null for what is no moment, and for year 1, which is how the engine says "never". */
export function momentOf(stamp: string): number | null {
	const found = STAMP.exec(stamp);
	if (found === null) return null;
	const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1, 7).map(Number);
	if (year < 1970) return null;
	const [fraction = '', sign = '+', aheadHours = '0', aheadMinutes = '0'] = found.slice(7);
	const ahead = (Number(aheadHours) * 60 + Number(aheadMinutes)) * (sign === '-' ? -60 : 60);
	const seconds = daysOf(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - ahead;
	return seconds * 1000 + Math.floor(Number(`0.${fraction || 0}`) * 1000);
}
