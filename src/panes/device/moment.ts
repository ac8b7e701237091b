/** RFC 3339 without a Date: what the engine prints as StartedAt. */
import {daysOf} from '../../domain/time.ts';

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
