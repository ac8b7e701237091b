/** Until when a permission holds, as an operator writes it. */
import {type Failure, isFailure} from '../domain/channel.ts';
import {dayOf} from '../domain/time.ts';
import {MINUTES} from '../session/guard/consent.ts';
import {momentOf} from '../ui/moment.ts';
import {spanOf, usage} from './options.ts';

const DAY_MS = 86_400_000;
/** A time without a date that is further away was most likely meant for today, and is over. */
const AHEAD_MS = DAY_MS / 2;

/**
 * Minutes from now on: of a number of minutes, a span (`2h`), or a time within the next 24 hours, as a replay's `--at` takes
 * it; one without a date may be tomorrow's, where that is less than twelve hours away.
 *
 * @param ahead minutes that the operator's clock is ahead of UTC: the zone of a time without one.
 */
export function minutesUntil(text: string | null, now: number, ahead: number): number | Failure {
	if (text === null) return MINUTES;
	const wrong = usage(
		`--consent-until takes minutes (1 to 1440), a span such as 2h, or a time within the next 24 hours such as 15:00 or "15:00 Europe/Berlin", not "${text}".`,
	);
	const span = /^\d+$/.test(text) ? Number(text) * 60_000 : spanOf(text);
	if (!isFailure(span)) return span > 0 && span <= DAY_MS ? span / 60_000 : wrong;
	if (text.includes('%')) return wrong;
	const within = {beganAt: now, lengthMs: DAY_MS, minutes: ahead};
	for (const day of ['', `${dayOf(now + DAY_MS, () => ahead)} `]) {
		const ms = momentOf(`${day}${text}`, within);
		if (typeof ms !== 'number' || ms <= 0) continue;
		if (day === '' || ms <= AHEAD_MS) return ms / 60_000;
		return usage(`--consent-until ${text}: that is over today; write it with its date where tomorrow's is meant.`);
	}
	return wrong;
}
