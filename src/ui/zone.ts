/** Which clock is shown, and what it is called. */
import {before, utc, type Zone, type ZoneOffset} from '../domain/time.ts';
import type {SessionState} from '../session/store.ts';

/** In the order of `T`. */
export const ZONES: readonly Zone[] = ['utc', 'local', 'device', 'ago'];

/** Offsets are values that panes compare: the same zone is the same function. */
const fixed = new Map<number, ZoneOffset>();
function minutes(offset: number): ZoneOffset {
	const known = fixed.get(offset) ?? (() => offset);
	fixed.set(offset, known);
	return known;
}
let ago: ZoneOffset = before(0);

/** @param local how far the operator's own clock is ahead of UTC. */
export function offsetOf(
	zone: Zone,
	state: Pick<SessionState, 'identity' | 'now' | 'clockOffsetMs'>,
	local: ZoneOffset,
): ZoneOffset {
	switch (zone) {
		case 'utc':
			return utc;
		case 'local':
			return local;
		case 'device':
			return minutes(state.identity?.zoneMinutes ?? 0);
		case 'ago': {
			const now = Math.floor((state.now + (state.clockOffsetMs ?? 0)) / 1000) * 1000;
			if (ago.before !== now) ago = before(now);
			return ago;
		}
	}
}

/** `Z`, `+01:00`, `+01:00 device`; stands behind every clock that has no zone of its own. */
export function nameOf(zone: Zone, offset: ZoneOffset, now: number): string {
	if (zone === 'utc') return 'Z';
	if (zone === 'ago') return 'Z, times: ago';
	const ahead = offset(now);
	const size = Math.abs(ahead);
	const text = `${ahead < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`;
	return zone === 'device' ? `${text} device` : text;
}
